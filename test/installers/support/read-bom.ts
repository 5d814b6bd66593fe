/** Reads a bill of materials the way lsbom(8) does, from its tree of paths, for tests of the writer. */
export interface BomEntry {
  path: string;
  kind: 'file' | 'dir' | 'link';
  mode: number;
  user: number;
  group: number;
  modified: number;
  size: number;
  checksum: number;
  linkTarget: string;
}

const KINDS = { 1: 'file', 2: 'dir', 3: 'link' } as const;

export function readBom(bytes: Buffer): BomEntry[] {
  if (bytes.toString('latin1', 0, 8) !== 'BOMStore') throw new Error('This is no bill of materials');
  const block = blockReader(bytes);
  const tree = block(namedBlock(bytes, 'Paths'));
  if (tree.toString('latin1', 0, 4) !== 'tree') throw new Error('"Paths" is no tree');
  const parents = new Map<number, { parent: number; name: string }>();
  const entries: BomEntry[] = [];
  for (const [infoBlock, nameBlock] of leafRows(block, tree.readUInt32BE(8))) {
    const info = block(infoBlock);
    const name = block(nameBlock);
    const id = info.readUInt32BE(0);
    parents.set(id, { parent: name.readUInt32BE(0), name: untilNul(name, 4) });
    entries.push({ path: pathOf(parents, id), ...details(block(info.readUInt32BE(4))) });
  }
  if (entries.length !== tree.readUInt32BE(16)) throw new Error('The tree counts other entries than it has');
  return entries;
}

type ReadBlock = (index: number) => Buffer;

function blockReader(bytes: Buffer): ReadBlock {
  const tableAt = bytes.readUInt32BE(16);
  return (index) => {
    const at = tableAt + 4 + 8 * index;
    const start = bytes.readUInt32BE(at);
    return bytes.subarray(start, start + bytes.readUInt32BE(at + 4));
  };
}

function namedBlock(bytes: Buffer, wanted: string): number {
  let at = bytes.readUInt32BE(24);
  const count = bytes.readUInt32BE(at);
  at += 4;
  for (let i = 0; i < count; i++) {
    const length = bytes.readUInt8(at + 4);
    if (bytes.toString('latin1', at + 5, at + 5 + length) === wanted) return bytes.readUInt32BE(at);
    at += 5 + length;
  }
  throw new Error(`There is no block named "${wanted}"`);
}

/** Down the first branches to the leaves, then along them. */
function* leafRows(block: ReadBlock, top: number): Generator<[number, number]> {
  let page = block(top);
  while (page.readUInt16BE(0) === 0) page = block(page.readUInt32BE(12));
  for (;;) {
    for (let i = 0; i < page.readUInt16BE(2); i++)
      yield [page.readUInt32BE(12 + 8 * i), page.readUInt32BE(16 + 8 * i)];
    const next = page.readUInt32BE(4);
    if (next === 0) return;
    page = block(next);
  }
}

function details(info: Buffer): Omit<BomEntry, 'path'> {
  const kind = KINDS[info.readUInt8(0) as keyof typeof KINDS];
  return {
    kind,
    mode: info.readUInt16BE(4),
    user: info.readUInt32BE(6),
    group: info.readUInt32BE(10),
    modified: info.readUInt32BE(14),
    size: info.readUInt32BE(18),
    checksum: info.readUInt32BE(23),
    linkTarget: kind === 'link' ? untilNul(info, 31) : '',
  };
}

function pathOf(parents: ReadonlyMap<number, { parent: number; name: string }>, id: number): string {
  const entry = parents.get(id);
  if (entry === undefined) throw new Error(`Entry ${id} comes before its parent`);
  return entry.parent === 0 ? entry.name : `${pathOf(parents, entry.parent)}/${entry.name}`;
}

function untilNul(bytes: Buffer, start: number): string {
  return bytes.toString('utf8', start, bytes.indexOf(0, start));
}
