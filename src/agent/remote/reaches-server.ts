import type { HttpClient } from '../../lib/http-client/http-client.ts';
import { isAppError } from '../../lib/errors.ts';
import { PATHS } from '../../protocol/version.ts';

const TIMEOUT_MS = 10_000;

/** Whether the server answers this agent: not merely something there, and not merely no. A server without releases, or an original, has no such file. */
export async function reachesServer(
  client: HttpClient,
  { agentID, signal }: { agentID: string; signal: AbortSignal },
): Promise<boolean> {
  try {
    const { status } = await client.request({
      method: 'GET',
      path: `${PATHS.updates}/metadata/timestamp.json`,
      headers: { 'agent-id': agentID },
      timeoutMs: TIMEOUT_MS,
      signal,
    });
    return status === 200 || status === 404;
  } catch (error) {
    if (isAppError(error, 'SERVER_UNREACHABLE')) return false;
    throw error;
  }
}
