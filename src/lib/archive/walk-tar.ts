import { once } from 'node:events';
import { createReadStream } from 'node:fs';
import { pipeline } from 'node:stream/promises';
import { createGunzip } from 'node:zlib';
import type { Parser } from 'tar/parse';
import type { ReadEntry } from 'tar/read-entry';
import type { Content, RawEntry } from './archive-types.ts';
import { TAR_BLOCK_BYTES, isTarBlock } from './detect-format.ts';
import type { WalkOptions } from './walk-options.ts';

/**
 * A tar is unpacked as it is read: it has no directory to look at first. Node inflates it, not the tar package, because
 * node's gunzip holds back while we are slow, so that a bomb meets the limits chunk by chunk.
 */
export async function walkTar(
  archivePath: string,
  options: WalkOptions & { readonly gzip: boolean },
): Promise<void> {
  const { Parser: TarParser } = await import('tar/parse');
  const parser = new TarParser({ strict: true, zstd: false, brotli: false });
  const file = createReadStream(archivePath);
  const consume = async (tar: Content): Promise<void> => await feed(parser, requireTar(tar), options);
  const stop = { ...(options.signal === undefined ? {} : { signal: options.signal }) };
  await (options.gzip ? pipeline(file, createGunzip(), consume, stop) : pipeline(file, consume, stop));
}

async function feed(parser: Parser, tar: Content, options: WalkOptions): Promise<void> {
  const { promise: failed, reject: fail } = Promise.withResolvers<never>();
  failed.catch(() => undefined); // it is awaited below, but perhaps only after it was rejected
  let visits = Promise.resolve();
  const take = (entry: ReadEntry): void => {
    visits = visits.then(async () => await visitEntry(entry, options));
    visits.catch(fail);
  };
  parser.on('entry', take).on('ignoredEntry', take).on('error', fail);
  const ended = new Promise<void>((resolve) => parser.on('end', resolve));
  for await (const chunk of tar) {
    if (!parser.write(chunk)) await Promise.race([once(parser, 'drain'), failed]);
  }
  parser.end();
  await Promise.race([ended, failed]);
  await visits;
}

async function visitEntry(entry: ReadEntry, options: WalkOptions): Promise<void> {
  options.signal?.throwIfAborted();
  const admitted = options.guard.admit(describe(entry));
  await options.visit(admitted, options.guard.counted(admitted, entry));
  entry.resume();
}

function describe(entry: ReadEntry): RawEntry {
  return {
    // The header's path: the entry's own has been rewritten for the system that this runs on.
    name: entry.header.path ?? entry.path,
    kind: kindOf(entry),
    declaredBytes: entry.size,
    executable: ((entry.mode ?? 0) & 0o100) !== 0,
  };
}

function kindOf(entry: ReadEntry): RawEntry['kind'] {
  switch (entry.type) {
    case 'File':
    case 'OldFile':
    case 'ContiguousFile':
      return 'file';
    case 'Directory':
      return 'folder';
    case 'SymbolicLink':
      return { other: 'a symbolic link' };
    case 'Link':
      return { other: 'a hard link' };
    default:
      return { other: 'neither a file nor a folder' };
  }
}

/** Fails unless the first block is a tar's: the parser would gladly go on to unpack a gzip in the gzip, without limits. */
async function* requireTar(content: Content): Content {
  let head: Buffer | undefined = Buffer.alloc(0);
  for await (const chunk of content) {
    if (head === undefined) {
      yield chunk;
      continue;
    }
    head = Buffer.concat([head, chunk]);
    if (head.length < TAR_BLOCK_BYTES) continue;
    if (!isTarBlock(head.subarray(0, TAR_BLOCK_BYTES))) break;
    yield head;
    head = undefined;
  }
  if (head !== undefined) throw new Error('what it holds is not a tar');
}
