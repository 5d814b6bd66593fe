/** The bill of materials of a package (`Bom`): what lsbom(8) lists, and what a Mac remembers of what was installed. */
import { posix } from 'node:path';
import type { ArchiveEntry } from './archive-entry.ts';
import { BomStore, uint32s } from './bom-store.ts';
import { posixCksum } from './posix-cksum.ts';

const PAGE_SIZE = 4096;
const INDEX_PAGE_SIZE = 128;
const ENTRIES_PER_PAGE = 256;
const TREE_VERSION = 1;
const ANY_ARCHITECTURE = 3;
const KIND_CODE = { file: 1, dir: 2, link: 3 } as const;

/** Where an entry's details and its name lie. */
type Reference = readonly [infoBlock: number, nameBlock: number];

export function writeBom(entries: readonly ArchiveEntry[], epoch: number): Buffer {
  const store = new BomStore();
  store.addNamedBlock('BomInfo', uint32s(1, entries.length + 1, 1, 0, 0, 0, 0));
  const references = addEntries(store, entries, epoch);
  store.addNamedBlock('Paths', tree(addPages(store, references), { count: references.length }));
  addEmptyIndexes(store);
  return store.toBuffer();
}

function addEntries(store: BomStore, entries: readonly ArchiveEntry[], epoch: number): Reference[] {
  const ids = new Map<string, number>();
  // By depth, because a parent's number must be known, and lower, before its children's.
  const ordered = entries.toSorted((a, b) => depth(a.path) - depth(b.path));
  return ordered.map((entry, i) => {
    const id = i + 1;
    const parentID = ids.get(posix.dirname(entry.path)) ?? 0;
    ids.set(entry.path, id);
    const info = store.addBlock(uint32s(id, store.addBlock(details(entry, epoch))));
    const name = Buffer.from(`${posix.basename(entry.path)}\0`);
    return [info, store.addBlock(Buffer.concat([uint32s(parentID), name]))];
  });
}

/** Owner and group stay 0, root and wheel. */
function details(entry: ArchiveEntry, epoch: number): Buffer {
  const linkTarget = entry.kind === 'link' ? Buffer.from([...entry.content, 0]) : Buffer.alloc(0);
  const fixed = Buffer.alloc(31);
  fixed.writeUInt8(KIND_CODE[entry.kind], 0);
  fixed.writeUInt8(1, 1);
  fixed.writeUInt16BE(ANY_ARCHITECTURE, 2);
  fixed.writeUInt16BE(entry.mode, 4);
  fixed.writeUInt32BE(epoch, 14);
  fixed.writeUInt32BE(entry.content.length, 18);
  fixed.writeUInt8(1, 22);
  fixed.writeUInt32BE(entry.kind === 'dir' ? 0 : posixCksum(entry.content), 23);
  fixed.writeUInt32BE(linkTarget.length, 27);
  return Buffer.concat([fixed, linkTarget, Buffer.alloc(entry.kind === 'link' ? 0 : 4)]);
}

/** One leaf page, or several under a page that names the last entry of each. Returns the block at the top. */
function addPages(store: BomStore, references: readonly Reference[]): number {
  if (references.length <= ENTRIES_PER_PAGE) return store.addBlock(page(references, { leaf: true }));
  const first = store.nextBlock;
  const leaves = chunks(references, ENTRIES_PER_PAGE);
  leaves.forEach((leaf, i) => {
    const next = i + 1 < leaves.length ? first + i + 1 : 0;
    store.addBlock(page(leaf, { leaf: true, next, previous: i === 0 ? 0 : first + i - 1 }));
  });
  const branches = leaves.map((leaf, i): Reference => [first + i, leaf.at(-1)?.[1] ?? 0]);
  return store.addBlock(page(branches, { leaf: false }));
}

function page(
  references: readonly Reference[],
  { leaf, next = 0, previous = 0 }: { leaf: boolean; next?: number; previous?: number },
): Buffer {
  const bytes = Buffer.alloc(PAGE_SIZE);
  bytes.writeUInt16BE(leaf ? 1 : 0, 0);
  bytes.writeUInt16BE(references.length, 2);
  bytes.set(uint32s(next, previous, ...references.flat()), 4);
  return bytes;
}

function tree(
  topPage: number,
  { count, pageSize = PAGE_SIZE }: { count: number; pageSize?: number },
): Buffer {
  return Buffer.concat([
    Buffer.from('tree'),
    uint32s(TREE_VERSION, topPage, pageSize, count),
    Uint8Array.of(0),
  ]);
}

/** Hard links, architectures and files over 4 GiB have indexes of their own. We have none of these, but readers want the indexes. */
function addEmptyIndexes(store: BomStore): void {
  const empty = page([], { leaf: true });
  store.addNamedBlock('HLIndex', tree(store.addBlock(empty), { count: 0 }));
  const indexPage = store.addBlock(empty.subarray(0, INDEX_PAGE_SIZE));
  const versions = store.addBlock(tree(indexPage, { count: 0, pageSize: INDEX_PAGE_SIZE }));
  store.addNamedBlock('VIndex', Buffer.concat([uint32s(1, versions, 0), Uint8Array.of(0)]));
  store.addNamedBlock('Size64', tree(store.addBlock(empty), { count: 0 }));
}

function depth(path: string): number {
  return path === '.' ? 0 : path.split('/').length;
}

function chunks<T>(items: readonly T[], size: number): T[][] {
  return Array.from({ length: Math.ceil(items.length / size) }, (_, i) =>
    items.slice(i * size, (i + 1) * size),
  );
}
