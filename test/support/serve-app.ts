import type { AddressInfo } from 'node:net';
import type { FastifyInstance } from 'fastify';
import type { Cleanup } from './cleanup.ts';
import { OriginalClient } from './original-client.ts';

/** Puts routes on a port of their own until the test ends. */
export async function serveApp(
  app: FastifyInstance,
  onEnd: (cleanup: Cleanup) => void,
): Promise<OriginalClient> {
  onEnd(async () => await app.close());
  await app.listen({ host: '127.0.0.1', port: 0 });
  const { port } = app.server.address() as AddressInfo;
  return new OriginalClient({ url: `http://127.0.0.1:${port}` });
}
