import { GENERIC } from '../../protocol/commander/replies.ts';
import type { ErrorCode } from '../../lib/errors.ts';

export interface RefusalOptions {
  code?: ErrorCode;
  headers?: Readonly<Record<string, string>>;
}

/** An answer other than success, thrown where the reason is found and sent as it is. */
export class HttpRefusal extends Error {
  readonly status: number;
  readonly body: object;
  readonly headers: Readonly<Record<string, string>>;

  constructor(status: number, body: object, headers: Readonly<Record<string, string>> = {}) {
    super(`Refused with status ${status}`);
    this.name = 'HttpRefusal';
    this.status = status;
    this.body = body;
    this.headers = headers;
  }
}

/** `{"error": …}`, the shape of all refusals that the original's own code makes. */
export function refusal(status: number, error: string, { code, headers }: RefusalOptions = {}): HttpRefusal {
  return new HttpRefusal(status, code === undefined ? { error } : { error, code }, headers);
}

/** For what cannot be understood at all: no JSON where JSON is needed, a part of the wrong kind. */
export function badRequest(): HttpRefusal {
  return new HttpRefusal(400, GENERIC.badRequest);
}
