import { type FileHandle, open } from 'node:fs/promises';
import { systemErrorCode } from '../errors.ts';
import { headOf, ringPosition, roomAt } from './output-file.ts';

/** The two ends of a stream; together the whole of it when nothing lies between. */
export interface OutputEnds {
  readonly head: Uint8Array;
  readonly tail: Uint8Array;
  /** All that the program wrote. */
  readonly totalBytes: number;
}

export interface ReadOutputOptions {
  /** The same as when it was written. */
  readonly capBytes: number;
  /** Of each end, at most. */
  readonly endBytes: number;
  /** Taken from the file when unknown, as after a crash. */
  readonly totalBytes?: number;
}

/** Reads what `OutputFile` wrote. A file that was never made is an empty output. */
export async function readOutput(path: string, options: ReadOutputOptions): Promise<OutputEnds> {
  const file = await openIfThere(path);
  if (file === undefined)
    return { head: new Uint8Array(), tail: new Uint8Array(), totalBytes: options.totalBytes ?? 0 };
  try {
    const storedBytes = (await file.stat()).size;
    return await readEnds(file, { ...options, storedBytes, totalBytes: options.totalBytes ?? storedBytes });
  } finally {
    await file.close();
  }
}

type KnownOutput = Required<ReadOutputOptions> & { readonly storedBytes: number };

async function readEnds(file: FileHandle, output: KnownOutput): Promise<OutputEnds> {
  const { totalBytes, storedBytes, capBytes, endBytes } = output;
  // Less on disk than there should be: writing failed on the way, so only the beginning is there.
  const isCutShort = storedBytes < Math.min(totalBytes, capBytes);
  const isWhole = !isCutShort && totalBytes <= Math.min(2 * endBytes, capBytes);
  const headBytes = isWhole ? totalBytes : Math.min(endBytes, storedBytes, headOf(capBytes));
  const tailBytes = isWhole || isCutShort ? 0 : Math.min(endBytes, capBytes - headOf(capBytes));
  return {
    head: await readRange(file, { from: 0, length: headBytes, capBytes }),
    tail: await readRange(file, { from: totalBytes - tailBytes, length: tailBytes, capBytes }),
    totalBytes,
  };
}

async function readRange(
  file: FileHandle,
  range: { from: number; length: number; capBytes: number },
): Promise<Uint8Array> {
  const bytes = new Uint8Array(range.length);
  for (let done = 0; done < range.length;) {
    const position = ringPosition(range.from + done, range.capBytes);
    const length = Math.min(range.length - done, roomAt(position, range.capBytes));
    const { bytesRead } = await file.read(bytes, done, length, position);
    if (bytesRead === 0) return bytes.subarray(0, done);
    done += bytesRead;
  }
  return bytes;
}

async function openIfThere(path: string): Promise<FileHandle | undefined> {
  try {
    return await open(path, 'r');
  } catch (error) {
    if (systemErrorCode(error) === 'ENOENT') return undefined;
    throw error;
  }
}
