import type { Multipart } from '@fastify/multipart';
import type { FastifyRequest } from 'fastify';
import { AppError, isAppError } from '../../lib/errors.ts';
import { MAX_BODY_BYTES } from '../../protocol/version.ts';
import type { ArchiveFiles, Upload } from '../library/archive-files.ts';
import { refusal } from './http-refusal.ts';

export interface UploadForm {
  /** Plain fields; the first of each name. */
  readonly fields: ReadonlyMap<string, string>;
  /** Names of parts that came with a file name. */
  readonly fileParts: ReadonlySet<string>;
  /** What came as `file`. Whoever reads the form keeps or discards it. */
  readonly upload: Upload | undefined;
}

/** An upload is read on beyond its limit, so that its sender gets to see the refusal. */
export const MULTIPART_LIMITS = {
  fileSize: 5 * MAX_BODY_BYTES,
  fieldSize: 1024 * 1024,
  fields: 50,
  parts: 60,
  files: 10,
} as const;

/** Reads the whole form, its file straight to disk. A request of another type is an empty form. */
export async function readUploadForm(request: FastifyRequest, files: ArchiveFiles): Promise<UploadForm> {
  const fields = new Map<string, string>();
  const fileParts = new Set<string>();
  let upload: Upload | undefined;
  try {
    for await (const part of partsOf(request)) {
      if (part.type === 'field') {
        if (!fields.has(part.fieldname)) fields.set(part.fieldname, textOf(part.value));
      } else {
        fileParts.add(part.fieldname);
        if (part.fieldname === 'file' && upload === undefined) upload = await receive(part.file, files);
        else part.file.resume();
      }
    }
  } catch (error) {
    if (upload !== undefined) await files.discard(upload);
    throw error;
  }
  return { fields, fileParts, upload };
}

async function* partsOf(request: FastifyRequest): AsyncGenerator<Multipart> {
  if (request.isMultipart()) yield* request.parts();
}

async function receive(content: AsyncIterable<Buffer>, files: ArchiveFiles): Promise<Upload> {
  try {
    return await files.receive(content, MAX_BODY_BYTES);
  } catch (error) {
    if (!isAppError(error, 'ARCHIVE_TOO_LARGE')) throw error;
    throw refusal(413, error.message, { code: error.code, headers: { connection: 'close' } });
  }
}

/** A field that calls itself JSON comes parsed. */
function textOf(value: unknown): string {
  if (typeof value === 'string') return value;
  if (typeof value === 'object') return JSON.stringify(value);
  throw new AppError('MESSAGE_INVALID', 'A field of the form is not text');
}
