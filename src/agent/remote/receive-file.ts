import { createHash, type Hash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { open, type FileHandle } from 'node:fs/promises';
import { AppError } from '../../lib/errors.ts';

export interface ReceiveOptions {
  readonly filePath: string;
  /** Bytes that are there already and that the body goes on from; whatever lies after them is cut off. */
  readonly offset: number;
  readonly maxBytes: number;
  /** What to say of the first byte beyond. */
  readonly tooMuch: () => AppError;
}

/**
 * Writes a body to a file as it comes, and gives back the SHA-256 (hex) of the whole file.
 * @throws AppError STATE_UNWRITABLE, or what `tooMuch` makes; the body's own errors as they are
 */
export async function receiveFile(body: AsyncIterable<Uint8Array>, options: ReceiveOptions): Promise<string> {
  const { filePath, offset, maxBytes, tooMuch } = options;
  const hash = createHash('sha256');
  if (offset > 0) await hashBeginning(hash, filePath, offset);
  const file = await openAt(filePath, offset);
  try {
    let bytes = offset;
    for await (const chunk of body) {
      bytes += chunk.length;
      if (bytes > maxBytes) throw tooMuch();
      hash.update(chunk);
      await write(file, chunk, filePath);
    }
  } finally {
    await file.close();
  }
  return hash.digest('hex');
}

/** SHA-256 (hex) of a file. */
export async function hashFile(filePath: string): Promise<string> {
  const hash = createHash('sha256');
  await hashBeginning(hash, filePath, Infinity);
  return hash.digest('hex');
}

async function hashBeginning(hash: Hash, filePath: string, bytes: number): Promise<void> {
  for await (const chunk of createReadStream(filePath, { end: bytes - 1 })) hash.update(chunk as Buffer);
}

async function openAt(filePath: string, offset: number): Promise<FileHandle> {
  try {
    const file = await open(filePath, offset > 0 ? 'a' : 'w', 0o600);
    if (offset > 0) await file.truncate(offset);
    return file;
  } catch (cause) {
    throw unwritable(filePath, cause);
  }
}

async function write(file: FileHandle, chunk: Uint8Array, filePath: string): Promise<void> {
  try {
    for (let done = 0; done < chunk.length;) done += (await file.write(chunk, done)).bytesWritten;
  } catch (cause) {
    throw unwritable(filePath, cause);
  }
}

export function unwritable(filePath: string, cause: unknown): AppError {
  return new AppError('STATE_UNWRITABLE', `Cannot write "${filePath}"`, { cause, retryable: true });
}
