import { HttpClient } from '../../src/lib/http-client/http-client.ts';
import type { Cleanup } from './cleanup.ts';
import { ScriptedServer } from './scripted-server.ts';

/** A server that answers as the test says, and a client of it that shows an agent's certificate. */
export async function startRemote(
  onEnd: (cleanup: Cleanup) => void,
): Promise<{ server: ScriptedServer; client: HttpClient }> {
  const server = await ScriptedServer.start(onEnd);
  const { roots: ca, ...pair } = await server.credentials();
  const client = new HttpClient({ baseUrl: server.url, userAgent: 'test/1', tls: { ca, ...pair } });
  onEnd(() => client.close());
  return { server, client };
}
