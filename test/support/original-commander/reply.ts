import { readWire } from '../wire-fixture.ts';

export interface Reply {
  status: number;
  headers?: Record<string, string>;
  body: string | Buffer;
}

/** A request as the application behind nginx sees it. */
export interface AppRequest {
  method: string;
  path: string;
  query: URLSearchParams;
  /** Lower-case names. */
  headers: Readonly<Record<string, string | undefined>>;
  body: Buffer;
}

/** Ends the handling of a request with this answer, as Flask's abort() does. */
export class Answer extends Error {
  readonly reply: Reply;

  constructor(reply: Reply) {
    super(`Answered with ${reply.status}`);
    this.reply = reply;
  }
}

export function json(status: number, value: unknown): Reply {
  return { status, headers: { 'content-type': 'application/json' }, body: `${JSON.stringify(value)}\n` };
}

export function refuse(status: number, error: string): Answer {
  return new Answer(json(status, { error }));
}

/** What the framework below the application answers when nothing better is known. */
export function generic(status: 400 | 404 | 500): Answer {
  const body =
    status === 404
      ? JSON.stringify({
          code: 404,
          name: 'Not Found',
          description: 'The requested URL was not found on the server.',
        })
      : readWire(`agent/error-generic-${status}.json`);
  return new Answer({ status, headers: { 'content-type': 'application/json' }, body });
}

/** What nginx answers itself: HTML, and for some statuses it hangs up. */
export function nginxPage(name: '400-certificate' | '403' | '405' | '413' | '502'): Reply {
  const hangsUp = name === '400-certificate' || name === '413';
  return {
    status: Number(name.slice(0, 3)),
    headers: { 'content-type': 'text/html', ...(hangsUp ? { connection: 'close' } : {}) },
    body: readWire(`nginx/${name}.html`),
  };
}

/** The body as JSON; 400-generic when it is none, is not valid UTF-8, or does not say that it is JSON. */
export function readJson(request: AppRequest): unknown {
  if (!/^application\/json\b/i.test(request.headers['content-type'] ?? '')) throw generic(400);
  try {
    return JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(request.body));
  } catch {
    throw generic(400);
  }
}

/** The body as a JSON object that has all of `fields`, and a header for each of `headers`. */
export function requireParameters(
  request: AppRequest,
  { headers = [], data = [] }: { headers?: string[]; data?: string[] },
): Record<string, unknown> {
  const body = data.length === 0 && request.body.length === 0 ? {} : readJson(request);
  if (typeof body !== 'object' || body === null || Array.isArray(body)) throw generic(500);
  const missing = {
    headers: headers.filter((name) => request.headers[name.toLowerCase()] === undefined),
    data: data.filter((name) => !(name in body)),
  };
  const parts = Object.entries(missing).filter(([, names]) => names.length > 0);
  if (parts.length > 0) {
    const text = parts.map(([where, names]) => `${where}=${pythonList(names)}`).join(', ');
    throw refuse(400, `request is missing the following parameters: ${text}`);
  }
  return body as Record<string, unknown>;
}

export function pythonList(names: readonly string[]): string {
  return `[${names.map((name) => `'${name}'`).join(', ')}]`;
}
