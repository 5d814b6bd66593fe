/**
 * A xar archive, the outside of a flat package: a header, a compressed table of contents in XML, and a heap that begins with the
 * table's checksum. SHA-1 is what the installer of every macOS expects here; it guards against damage. Trust comes from the
 * signature, which `productsign` puts into the table on a Mac.
 */
import { createHash } from 'node:crypto';
import { deflateSync } from 'node:zlib';
import { escapeXml } from '../xml.ts';

export type XarEntry =
  { name: string; content: Uint8Array; compress: boolean } | { name: string; children: readonly XarEntry[] };

const HEADER_SIZE = 28;
const VERSION = 1;
const CHECKSUM_SHA1 = 1;
const CHECKSUM_SIZE = 20;

export function writeXar(entries: readonly XarEntry[], epoch: number): Buffer {
  const heap = new Heap();
  const created = new Date(epoch * 1000).toISOString().slice(0, 19);
  const toc = Buffer.from(
    `<?xml version="1.0" encoding="UTF-8"?>\n<xar><toc><creation-time>${created}</creation-time>` +
      `<checksum style="sha1"><offset>0</offset><size>${CHECKSUM_SIZE}</size></checksum>` +
      `${describeEntries(entries, { heap, created, ids: counter() })}</toc></xar>\n`,
  );
  const packedToc = deflateSync(toc, { level: 9 });
  return Buffer.concat([header(packedToc.length, toc.length), packedToc, sha1(packedToc), ...heap.parts]);
}

interface Listing {
  heap: Heap;
  created: string;
  ids: Iterator<number>;
}

/** Contents in the order they were added; the checksum of the table lies before them. */
class Heap {
  readonly parts: Uint8Array[] = [];
  #end = CHECKSUM_SIZE;

  /** Returns where it begins. */
  add(part: Uint8Array): number {
    this.parts.push(part);
    this.#end += part.length;
    return this.#end - part.length;
  }
}

function header(packedSize: number, size: number): Buffer {
  const bytes = Buffer.alloc(HEADER_SIZE);
  bytes.write('xar!');
  bytes.writeUInt16BE(HEADER_SIZE, 4);
  bytes.writeUInt16BE(VERSION, 6);
  bytes.writeBigUInt64BE(BigInt(packedSize), 8);
  bytes.writeBigUInt64BE(BigInt(size), 16);
  bytes.writeUInt32BE(CHECKSUM_SHA1, 24);
  return bytes;
}

function describeEntries(entries: readonly XarEntry[], listing: Listing): string {
  return entries.map((entry) => describe(entry, listing)).join('');
}

function describe(entry: XarEntry, listing: Listing): string {
  const time = `${listing.created}Z`;
  const head =
    `<file id="${listing.ids.next().value}"><name>${escapeXml(entry.name)}</name>` +
    `<ctime>${time}</ctime><mtime>${time}</mtime><atime>${time}</atime>` +
    '<group>wheel</group><gid>0</gid><user>root</user><uid>0</uid>';
  if ('children' in entry)
    return `${head}<type>directory</type><mode>0755</mode>${describeEntries(entry.children, listing)}</file>`;
  return `${head}<type>file</type><mode>0644</mode>${describeData(entry, listing.heap)}</file>`;
}

function describeData({ content, compress }: { content: Uint8Array; compress: boolean }, heap: Heap): string {
  const stored = compress ? deflateSync(content, { level: 9 }) : content;
  const encoding = compress ? 'application/x-gzip' : 'application/octet-stream';
  return (
    `<data><extracted-checksum style="sha1">${sha1(content).toString('hex')}</extracted-checksum>` +
    `<archived-checksum style="sha1">${sha1(stored).toString('hex')}</archived-checksum>` +
    `<encoding style="${encoding}"/><size>${content.length}</size>` +
    `<offset>${heap.add(stored)}</offset><length>${stored.length}</length></data>`
  );
}

function sha1(bytes: Uint8Array): Buffer {
  return createHash('sha1').update(bytes).digest();
}

function* counter(): Generator<number, never> {
  for (let id = 1; ; id++) yield id;
}
