import type { IncomingHttpHeaders } from 'node:http';
import type { Readable } from 'node:stream';
import { AppError } from '../../lib/errors.ts';
import { textOf, type HttpClient } from '../../lib/http-client/http-client.ts';
import { errorOfReply } from '../../lib/http-client/http-errors.ts';

export interface BytesWanted {
  readonly path: string;
  readonly agentID: string;
  /** The first byte beyond ends it. */
  readonly maxBytes: number;
  /** What they are, to go after "Cannot". */
  readonly attempt: string;
  /** From the request to the last byte: who sends one byte a minute shall not keep us for ever. */
  readonly timeoutMs?: number;
  readonly signal: AbortSignal;
}

export interface FetchedBytes {
  readonly bytes: Buffer;
  readonly headers: IncomingHttpHeaders;
}

const TIMEOUT_MS = 60_000;

/**
 * Something small, whole and in memory; undefined where the server has no such thing.
 * @throws AppError RELEASE_UNTRUSTED when more comes than there can be, SERVER_UNREACHABLE, SERVER_ERROR, SERVER_REFUSED
 */
export async function fetchBytes(client: HttpClient, wanted: BytesWanted): Promise<FetchedBytes | undefined> {
  const { path, agentID, attempt, timeoutMs = TIMEOUT_MS } = wanted;
  const deadline = AbortSignal.timeout(timeoutMs);
  const signal = AbortSignal.any([wanted.signal, deadline]);
  const request = { method: 'GET', path, headers: { 'agent-id': agentID }, signal } as const;
  try {
    return await client.stream(request, async ({ status, headers }, body) => {
      if (status === 404) return undefined;
      if (status === 200) return { headers, bytes: await readAll(body, wanted) };
      throw errorOfReply(attempt, { status, headers, text: await textOf(body) }, Date.now());
    });
  } catch (cause) {
    if (!deadline.aborted || wanted.signal.aborted) throw cause;
    throw new AppError('SERVER_ERROR', `Cannot ${attempt}: it was not all here after ${timeoutMs} ms`, {
      retryable: true,
    });
  }
}

async function readAll(body: Readable, { maxBytes, attempt }: BytesWanted): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of body as AsyncIterable<Buffer>) {
    bytes += chunk.length;
    if (bytes > maxBytes) {
      throw new AppError(
        'RELEASE_UNTRUSTED',
        `Cannot ${attempt}: more came than the ${maxBytes} bytes that it may have`,
      );
    }
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}
