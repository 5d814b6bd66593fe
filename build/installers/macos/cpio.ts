import type { ArchiveEntry } from './archive-entry.ts';

const MAGIC = '070707';
const TRAILER = 'TRAILER!!!';

/** A cpio archive in the portable ASCII format (`odc`), the one that the macOS installer reads payloads and scripts from. */
export function writeCpio(entries: readonly ArchiveEntry[], epoch: number): Buffer {
  const members = entries.flatMap((entry, i) => member(entry, { inode: i + 1, epoch }));
  const trailer: ArchiveEntry = { path: TRAILER, kind: 'file', mode: 0, content: new Uint8Array() };
  return Buffer.concat([...members, ...member(trailer, { inode: 0, epoch: 0 })]);
}

function member(entry: ArchiveEntry, { inode, epoch }: { inode: number; epoch: number }): Uint8Array[] {
  const name = Buffer.from(`${entry.path}\0`);
  const header = [
    MAGIC,
    octal(0, 6), // device
    octal(inode, 6),
    octal(entry.mode, 6),
    octal(0, 6), // user
    octal(0, 6), // group
    octal(entry.kind === 'dir' ? 2 : 1, 6), // links
    octal(0, 6), // device number
    octal(epoch, 11),
    octal(name.length, 6),
    octal(entry.content.length, 11),
  ];
  return [Buffer.from(header.join('')), name, entry.content];
}

function octal(value: number, width: number): string {
  const digits = value.toString(8);
  if (digits.length > width)
    throw new Error(`Cannot write ${value} in ${width} octal digits of a cpio header`);
  return digits.padStart(width, '0');
}
