import type { IncomingMessage } from 'node:http';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import { MAX_BODY_BYTES } from '../../protocol/version.ts';
import { missingParameters } from '../../protocol/commander/replies.ts';
import { badRequest, refusal } from './http-refusal.ts';

/** A body that is too large is read on to here before it is refused: who is cut off while sending never sees the answer. */
const DRAIN_LIMIT_BYTES = 4 * MAX_BODY_BYTES;

/**
 * Makes `scope` read JSON bodies of any method: the original expects some with GET. What is no JSON, no UTF-8 or of another
 * type is the same as no body.
 */
export function acceptJsonBodies(scope: FastifyInstance, limitBytes: number = MAX_BODY_BYTES): void {
  scope.addHttpMethod('GET', { hasBody: true, overrideExisting: true });
  scope.removeAllContentTypeParsers();
  scope.addContentTypeParser('*', async (request: FastifyRequest, payload: IncomingMessage) => {
    const body = await readBody(payload, limitBytes);
    return isJson(request) ? parseBody(body) : undefined;
  });
}

/** The fields of a JSON object. Valid JSON of another kind has none; anything else is a generic bad request. */
export function bodyFields(request: FastifyRequest): Record<string, unknown> {
  const body: unknown = request.body;
  if (body === undefined) throw badRequest();
  return typeof body === 'object' && body !== null && !Array.isArray(body)
    ? (body as Record<string, unknown>)
    : {};
}

/** As `bodyFields`, refusing as the original does when a named header or field is missing. */
export function requireFields(
  request: FastifyRequest,
  { headers = [], data = [] }: { headers?: readonly string[]; data?: readonly string[] },
): Record<string, unknown> {
  const fields = bodyFields(request);
  const missingHeaders = headers.filter((name) => request.headers[name.toLowerCase()] === undefined);
  const missingData = data.filter((name) => !Object.hasOwn(fields, name));
  if (missingHeaders.length + missingData.length > 0) {
    throw refusal(400, missingParameters(missingHeaders, missingData));
  }
  return fields;
}

async function readBody(payload: IncomingMessage, limitBytes: number): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of payload as AsyncIterable<Buffer>) {
    size += chunk.length;
    if (size <= limitBytes) chunks.push(chunk);
    else chunks.length = 0;
    if (size > DRAIN_LIMIT_BYTES) break;
  }
  if (size <= limitBytes) return Buffer.concat(chunks);
  throw refusal(413, `request body is larger than ${limitBytes} bytes`, { headers: { connection: 'close' } });
}

function isJson(request: FastifyRequest): boolean {
  return /^application\/(?:json|[^;\s]+\+json)\s*(?:;|$)/i.test(request.headers['content-type'] ?? '');
}

/** Clients announce JSON and send none where none is needed, so only a route that asks for fields minds. */
function parseBody(body: Buffer): unknown {
  try {
    return JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(body));
  } catch {
    return undefined;
  }
}
