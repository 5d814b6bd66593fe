import type { IncomingHttpHeaders } from 'node:http';

export interface HttpHead {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
}

export interface StreamHead extends HttpHead {
  /** What came after the body; to be asked for when that has been read. */
  readonly trailers: () => Readonly<Record<string, string | undefined>>;
}

export interface HttpReply extends HttpHead {
  readonly text: string;
}
