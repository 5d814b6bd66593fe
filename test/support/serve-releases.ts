import type { ServerResponse } from 'node:http';
import { PATHS } from '../../src/protocol/version.ts';
import type { ReleaseRepository } from './release-repository.ts';
import type { Script } from './scripted-server.ts';

const METADATA = `GET ${PATHS.updates}/metadata/`;
const TARGETS = `GET ${PATHS.updates}/targets/`;

/** Serves a repository as our server does. */
export function releaseScript({ metadata, files }: Pick<ReleaseRepository, 'metadata' | 'files'>): Script {
  return ({ line, headers }, response) => {
    if (line.startsWith(METADATA)) send(response, metadata.get(line.slice(METADATA.length)));
    else if (line.startsWith(TARGETS)) send(response, files.get(line.slice(TARGETS.length)), headers.range);
    else response.writeHead(404).end();
  };
}

function send(response: ServerResponse, bytes: Buffer | undefined, range?: string): void {
  if (bytes === undefined) {
    response.writeHead(404).end();
    return;
  }
  const [, from, to] = /^bytes=(\d+)-(\d+)$/.exec(range ?? '') ?? [];
  if (from === undefined || to === undefined) {
    response.writeHead(200).end(bytes);
    return;
  }
  response
    .writeHead(206, { 'content-range': `bytes ${from}-${to}/${bytes.length}` })
    .end(bytes.subarray(Number(from), Number(to) + 1));
}
