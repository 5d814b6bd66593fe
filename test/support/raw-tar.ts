import { gzipSync } from 'node:zlib';
import { Header } from 'tar/header';
import type { EntryTypeName } from 'tar/types';

/** One entry, of which every claim can be a lie. */
export interface RawTarEntry {
  readonly path: string;
  readonly content?: string | Buffer;
  readonly type?: EntryTypeName;
  readonly mode?: number;
  readonly linkpath?: string;
  /** Instead of the truth. */
  readonly size?: number;
}

const BLOCK = 512;

/** A tar built block by block, for what no tool would write. */
export function rawTar(entries: readonly RawTarEntry[]): Buffer {
  return Buffer.concat([...entries.flatMap(blocksOf), Buffer.alloc(2 * BLOCK)]);
}

export function rawTarGz(entries: readonly RawTarEntry[]): Buffer {
  return gzipSync(rawTar(entries));
}

function blocksOf({
  path,
  content = '',
  type = 'File',
  mode = 0o644,
  linkpath,
  size,
}: RawTarEntry): Buffer[] {
  const data = Buffer.from(content);
  const block = Buffer.alloc(BLOCK);
  const fields = { path, type, mode, uid: 0, gid: 0, mtime: new Date(0), size: size ?? data.length };
  new Header({ ...fields, ...(linkpath === undefined ? {} : { linkpath }) }).encode(block, 0);
  return [block, data, Buffer.alloc((BLOCK - (data.length % BLOCK)) % BLOCK)];
}
