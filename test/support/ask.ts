import { once } from 'node:events';
import { request as httpRequest, type IncomingHttpHeaders, type IncomingMessage } from 'node:http';
import { request as httpsRequest } from 'node:https';

export interface Question {
  port?: number;
  ca?: string;
  /** HTTP without TLS. */
  isPlain?: boolean;
  method?: string;
  path?: string;
  headers?: Record<string, string>;
  cert?: string | undefined;
  key?: string | undefined;
  body?: string | Buffer;
}

export interface Answer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly text: string;
}

/** One request on a connection of its own. An upgrade that is granted is an answer of status 101, and its socket is closed. */
export async function ask({ isPlain = false, body, ...options }: Question): Promise<Answer> {
  const send = isPlain ? httpRequest : httpsRequest;
  const request = send({ host: '127.0.0.1', servername: 'localhost', agent: false, ...options });
  // Node frames no body of a GET request by itself.
  if (body !== undefined) request.setHeader('content-length', Buffer.byteLength(body));
  request.on('upgrade', (response, socket) => {
    socket.destroy();
    request.emit('response', response);
  });
  request.end(body);
  const [response] = (await once(request, 'response')) as [IncomingMessage];
  const chunks: Buffer[] = [];
  if (response.statusCode !== 101) {
    for await (const chunk of response as AsyncIterable<Buffer>) chunks.push(chunk);
  }
  return {
    status: response.statusCode ?? 0,
    headers: response.headers,
    text: Buffer.concat(chunks).toString(),
  };
}
