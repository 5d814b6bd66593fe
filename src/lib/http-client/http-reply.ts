import type { IncomingHttpHeaders } from 'node:http';

export interface HttpHead {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
}

export interface HttpReply extends HttpHead {
  readonly text: string;
}
