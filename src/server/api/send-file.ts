import { createReadStream, type ReadStream } from 'node:fs';
import { readFile, stat } from 'node:fs/promises';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { systemErrorCode } from '../../lib/errors.ts';
import { REFUSED } from '../../protocol/commander/replies.ts';
import { refusal } from './http-refusal.ts';

export interface FileToSend {
  path: string;
  headers: Readonly<Record<string, string>>;
  /** Quoted, as it goes into the header. */
  etag?: string;
}

const SMALL_FILE_BYTES = 64 * 1024;

interface Range {
  start: number;
  /** Inclusive. */
  end: number;
}

/**
 * Sends a file, or the one range of it that was asked for (RFC 9110, 14): that is how a broken download goes on.
 * @throws HttpRefusal 500 when the file is gone, 416 for a range outside of it
 */
export async function sendFile(
  request: FastifyRequest,
  reply: FastifyReply,
  file: FileToSend,
): Promise<FastifyReply> {
  const { size, mtime } = await statFile(file.path);
  const lastModified = mtime.toUTCString();
  reply.headers({
    ...file.headers,
    'accept-ranges': 'bytes',
    'last-modified': lastModified,
    ...(file.etag === undefined ? {} : { etag: file.etag }),
  });
  const condition = request.headers['if-range'];
  const mayResume = condition === undefined || condition === file.etag || condition === lastModified;
  const range = mayResume ? readRange(request.headers.range, size) : undefined;
  if (range === undefined)
    return await reply.header('content-length', size).send(await openFile(file.path, size));
  return await reply
    .code(206)
    .header('content-range', `bytes ${range.start}-${range.end}/${size}`)
    .header('content-length', range.end - range.start + 1)
    .send(createReadStream(file.path, range));
}

async function statFile(path: string): Promise<{ size: number; mtime: Date }> {
  try {
    return await stat(path);
  } catch (error) {
    if (systemErrorCode(error) === 'ENOENT') throw refusal(500, REFUSED.fileMissing);
    throw error;
  }
}

/** Most archives are small, and one read costs a fraction of a stream. */
async function openFile(path: string, size: number): Promise<Buffer | ReadStream> {
  return size <= SMALL_FILE_BYTES ? await readFile(path) : createReadStream(path);
}

/** Undefined when the whole file is wanted: also for several ranges at once, which nobody has to serve. */
function readRange(header: string | undefined, size: number): Range | undefined {
  const match = /^bytes=(\d*)-(\d*)$/.exec(header?.trim() ?? '');
  const [, first = '', last = ''] = match ?? [];
  if (first === '' && last === '') return undefined;
  const range =
    first === ''
      ? { start: Math.max(0, size - Number(last)), end: size - 1 }
      : { start: Number(first), end: last === '' ? size - 1 : Math.min(Number(last), size - 1) };
  if (range.start <= range.end) return range;
  throw refusal(416, 'the range lies outside of the file', {
    headers: { 'content-range': `bytes */${size}` },
  });
}
