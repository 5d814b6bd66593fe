import type { FastifyInstance } from 'fastify';
import { PATHS } from '../../protocol/version.ts';
import type { Services } from '../compose/services.ts';
import { refusal } from './http-refusal.ts';
import { sendFile } from './send-file.ts';

const METADATA = /^(?:timestamp|[1-9]\d{0,8}\.(?:root|targets|snapshot))\.json$/;
const IMMUTABLE = 'private, max-age=31536000, immutable';

/** What agents update themselves from: a TUF repository, its targets by their hash. Whoever guards `scope` decides who may. */
export function addUpdateRoutes(scope: FastifyInstance, { releases }: Services): void {
  scope.get<{ Params: { name: string } }>(`${PATHS.updates}/metadata/:name`, async (request, reply) => {
    const { name } = request.params;
    const content = METADATA.test(name) ? releases.metadata(name) : undefined;
    if (content === undefined) throw refusal(404, 'there is no such metadata');
    const caching = name === 'timestamp.json' ? 'no-cache' : IMMUTABLE;
    return await reply
      .headers({ 'content-type': 'application/json', 'cache-control': caching })
      .send(content);
  });

  scope.get<{ Params: { sha256: string } }>(`${PATHS.updates}/targets/:sha256`, async (request, reply) => {
    const { sha256 } = request.params;
    const path = releases.pathOf(sha256);
    if (path === undefined) throw refusal(404, 'no release has this file', { code: 'RELEASE_NOT_FOUND' });
    return await sendFile(request, reply, {
      path,
      etag: `"${sha256}"`,
      headers: { 'content-type': 'application/octet-stream', 'cache-control': IMMUTABLE },
    });
  });
}
