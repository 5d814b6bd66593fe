import type { Readable } from 'node:stream';
import { AppError } from '../../../lib/errors.ts';
import { textOf, type HttpClient } from '../../../lib/http-client/http-client.ts';
import { errorOfReply } from '../../../lib/http-client/http-errors.ts';
import type { HttpHead } from '../../../lib/http-client/http-reply.ts';
import { Stopped } from '../../../lib/stopped.ts';
import type { BlockMap } from '../../../protocol/schemas/releases.ts';
import { PATHS } from '../../../protocol/version.ts';
import type { PartFile } from './part-file.ts';
import { runsOf, type Run } from './runs.ts';
import type { Throttle } from './throttle.ts';

export interface FetchRunsOptions {
  readonly client: () => HttpClient;
  readonly agentID: string;
  readonly map: BlockMap;
  readonly throttle: Throttle;
  /** After each block that came. */
  readonly onFetched: () => void;
  readonly signal: AbortSignal;
}

const PARALLEL = 4;
const ATTEMPT = 'fetch the new version';

/**
 * Brings the blocks that are missing. The first request goes alone: a server that knows no ranges brings all with it.
 * @throws AppError RELEASE_UNTRUSTED (retryable) for a block that is not what was signed, SERVER_UNREACHABLE, SERVER_ERROR,
 * SERVER_REFUSED, DISK_FULL, STATE_UNWRITABLE
 */
export async function fetchRuns(part: PartFile, options: FetchRunsOptions): Promise<void> {
  const [first] = runsOf(options.map, part.missing);
  if (first === undefined) return;
  await fetchRun(part, first, options);
  const rest = runsOf(options.map, part.missing);
  await sideBySide(options.signal, async (signal) => {
    for (let run = rest.shift(); run !== undefined; run = rest.shift())
      await fetchRun(part, run, { ...options, signal });
  });
}

/** The first failure ends the others. */
async function sideBySide(parent: AbortSignal, work: (signal: AbortSignal) => Promise<void>): Promise<void> {
  const stop = new AbortController();
  const signal = AbortSignal.any([parent, stop.signal]);
  const failures: unknown[] = [];
  const one = async (): Promise<void> => {
    try {
      await work(signal);
    } catch (error) {
      failures.push(error);
      stop.abort(new Stopped('sibling-failed'));
    }
  };
  await Promise.all(Array.from({ length: PARALLEL }, one));
  if (failures.length > 0) throw failures[0];
}

async function fetchRun(part: PartFile, run: Run, options: FetchRunsOptions): Promise<void> {
  const { client, agentID, map, signal } = options;
  const headers = { 'agent-id': agentID, range: `bytes=${run.from}-${run.to - 1}` };
  const request = { method: 'GET', path: `${PATHS.updates}/targets/${map.sha256}`, headers, signal } as const;
  await client().stream(request, async (head, body) => {
    const isRange =
      head.status === 206 && head.headers['content-range']?.startsWith(contentRange(run)) === true;
    if (isRange) await takeBlocks(body, { part, run, ...options });
    else if (head.status === 200) await takeBlocks(body, { part, run: wholeOf(map), ...options });
    else throw await refusalOf(head, body);
  });
}

interface TakeOptions extends FetchRunsOptions {
  readonly part: PartFile;
  readonly run: Run;
}

/** Each block is checked when its last byte has come. Stops reading after the last, whatever may follow. */
async function takeBlocks(
  body: Readable,
  { part, run, map, throttle, onFetched, signal }: TakeOptions,
): Promise<void> {
  let block = run.firstBlock;
  let left = run.to - run.from;
  let rest: Buffer = Buffer.alloc(0);
  for await (const chunk of body as AsyncIterable<Buffer>) {
    await throttle.pass(chunk.length, signal);
    rest = rest.length === 0 ? chunk : Buffer.concat([rest, chunk]);
    for (;;) {
      const length = map.blocks[block]?.[0] ?? Infinity;
      if (left === 0 || rest.length < length) break;
      await takeBlock(part, { block, bytes: rest.subarray(0, length) });
      onFetched();
      rest = rest.subarray(length);
      left -= length;
      block += 1;
    }
    if (left === 0) return;
  }
  throw new AppError(
    'SERVER_ERROR',
    `Cannot ${ATTEMPT}: the answer ended ${left - rest.length} bytes too early`,
    {
      retryable: true,
    },
  );
}

async function takeBlock(
  part: PartFile,
  { block, bytes }: { block: number; bytes: Uint8Array },
): Promise<void> {
  if (!part.lacks(block) || (await part.put(block, bytes))) return;
  throw new AppError('RELEASE_UNTRUSTED', `Block ${block} of the new version is not what was signed`, {
    retryable: true, // a proxy may have spoilt it
  });
}

function contentRange({ from, to }: Run): string {
  return `bytes ${from}-${to - 1}/`;
}

function wholeOf({ size }: BlockMap): Run {
  return { from: 0, to: size, firstBlock: 0 };
}

/** Another range than was asked for is no answer either. */
async function refusalOf(head: HttpHead, body: Readable): Promise<AppError> {
  if (head.status === 206)
    return new AppError('SERVER_ERROR', `Cannot ${ATTEMPT}: another part of it came`, { retryable: true });
  return errorOfReply(ATTEMPT, { ...head, text: await textOf(body) }, Date.now());
}
