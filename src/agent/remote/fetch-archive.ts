import { rmSync, statSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import type { Readable } from 'node:stream';
import type { Clock } from '../../lib/clock.ts';
import { AppError, isAppError } from '../../lib/errors.ts';
import { textOf, type HttpClient } from '../../lib/http-client/http-client.ts';
import { errorOfReply, errorTextOf } from '../../lib/http-client/http-errors.ts';
import type { HttpHead } from '../../lib/http-client/http-reply.ts';
import { REFUSED } from '../../protocol/commander/replies.ts';
import type { ArchiveRef, JobAssignment } from '../../protocol/schemas/job.ts';
import { PATHS } from '../../protocol/version.ts';
import type { EarlyArchives } from './early-archives.ts';
import { hashFile, receiveFile, unwritable } from './receive-file.ts';

export interface FetchRun {
  readonly client: () => HttpClient;
  readonly early: Pick<EarlyArchives, 'get'>;
  readonly agentID: string;
  readonly maxBytes: number;
  readonly clock: Clock;
  readonly signal: AbortSignal;
}

const ACK_WAITS_MS = [5, 20, 50, 100, 200, 400];

/**
 * By its hash from our server, going on from what is there, and checked; by the job's name from an original, from the start,
 * for nothing tells there whether the library has another file of that name by now.
 */
export async function fetchArchive(
  { filename, archive }: JobAssignment,
  archivePath: string,
  deps: FetchRun,
): Promise<void> {
  if (archive === undefined) await fetchByName(filename, archivePath, deps);
  else await fetchByHash(archive, archivePath, deps);
}

/** Nothing is asked of the server when the whole of it is there already. */
export async function fetchByHash(archive: ArchiveRef, archivePath: string, deps: FetchRun): Promise<void> {
  const { sha256, size } = archive;
  if (size > deps.maxBytes) throw tooLarge(deps.maxBytes);
  const content = deps.early.get(sha256);
  if (content !== undefined) {
    await writeWhole(archivePath, content);
    return;
  }
  const there = statSync(archivePath, { throwIfNoEntry: false })?.size ?? 0;
  if (there === size && (await hashFile(archivePath)) === sha256) return;
  const offset = there < size ? there : 0;
  try {
    const received = await receiveFrom(offset, archive, { ...deps, archivePath });
    if (received !== sha256) throw mismatch('What came is not the archive that was announced');
  } catch (error) {
    if (isAppError(error, 'ARCHIVE_MISMATCH')) rmSync(archivePath, { force: true }); // to begin anew
    throw error;
  }
}

function mismatch(message: string): AppError {
  return new AppError('ARCHIVE_MISMATCH', message, { retryable: true });
}

async function writeWhole(filePath: string, content: Uint8Array): Promise<void> {
  try {
    await writeFile(filePath, content, { mode: 0o600 });
  } catch (cause) {
    throw unwritable(filePath, cause);
  }
}

/** Gives back the hash of all there is now; undefined when the server would not go on from `offset`. */
async function receiveFrom(
  offset: number,
  { sha256, size }: ArchiveRef,
  { client, agentID, clock, signal, archivePath }: FetchRun & { archivePath: string },
): Promise<string | undefined> {
  const range = offset > 0 ? { range: `bytes=${offset}-`, 'if-range': `"${sha256}"` } : {};
  const headers = { 'agent-id': agentID, ...range };
  const request = { method: 'GET', path: `${PATHS.archives}/${sha256}`, headers, signal } as const;
  return await client().stream(request, async (head, body) => {
    if (offset > 0 && (head.status === 416 || (head.status === 206 && !startsAt(offset, head))))
      return undefined;
    if (head.status !== 200 && head.status !== 206) throw await refusalOf(head, body, clock);
    return await receiveFile(body, {
      filePath: archivePath,
      offset: head.status === 206 ? offset : 0,
      maxBytes: size,
      tooMuch: () => mismatch(`More came than the ${size} bytes that were announced`),
    });
  });
}

/** Another range than the one asked for would be appended in the wrong place. */
function startsAt(offset: number, { headers }: HttpHead): boolean {
  return headers['content-range']?.startsWith(`bytes ${offset}-`) === true;
}

function tooLarge(maxBytes: number): AppError {
  return new AppError(
    'ARCHIVE_TOO_LARGE',
    `The archive is larger than the ${maxBytes} bytes that are allowed here`,
  );
}

/**
 * The original may not have read our ack yet when we ask (24 of 30 times on a warm connection), and then knows of no job.
 * If it stays so, the ack was lost; it comes again with the push, so this may be tried again later.
 */
async function fetchByName(filename: string, archivePath: string, deps: FetchRun): Promise<void> {
  for (let attempt = 0; ; attempt++) {
    if (await receiveByName(filename, archivePath, deps)) return;
    const waitMs = ACK_WAITS_MS[attempt];
    if (waitMs === undefined) {
      throw new AppError('SERVER_REFUSED', 'The server says that this agent has no such job', {
        retryable: true,
      });
    }
    await deps.clock.sleep(waitMs, deps.signal);
  }
}

/** False when the server says that there is no such job. */
async function receiveByName(filename: string, archivePath: string, deps: FetchRun): Promise<boolean> {
  const { client, agentID, maxBytes, clock, signal } = deps;
  const headers = { 'agent-id': agentID };
  const request = { method: 'GET', path: PATHS.execute, headers, json: { filename }, signal } as const;
  return await client().stream(request, async (head, body) => {
    if (head.status === 200) {
      const tooMuch = (): AppError => tooLarge(maxBytes);
      await receiveFile(body, { filePath: archivePath, offset: 0, maxBytes, tooMuch });
      return true;
    }
    const reply = { ...head, text: await textOf(body) };
    if (errorTextOf(reply) === REFUSED.nothingToDownload) return false;
    throw errorOfReply('fetch the archive', reply, clock.now());
  });
}

async function refusalOf(head: HttpHead, body: Readable, clock: Clock): Promise<AppError> {
  return errorOfReply('fetch the archive', { ...head, text: await textOf(body) }, clock.now());
}
