import { createLogger } from '../../lib/create-logger.ts';
import { VERSION } from '../../lib/build-info.ts';
import { isAbortOf } from '../../lib/stopped.ts';
import { startOrphan } from '../../platform/orphan.ts';
import { IdentityFolder } from '../enrollment/identity-folder.ts';
import type { AgentHost } from '../host.ts';
import { reachesServer } from '../remote/reaches-server.ts';
import { ServerClient } from '../remote/server-client.ts';
import type { GuardOrder } from '../update/switch/guard-order.ts';
import { guard } from '../update/switch/guard.ts';
import { SuspectProcess } from '../update/switch/suspect-process.ts';
import { versionsDirOf } from '../update/switch/versions-folder.ts';

export interface GuardHost {
  readonly host: Pick<AgentHost, 'platform' | 'clock' | 'environment'>;
  readonly signal: AbortSignal;
}

const LOG_LIMITS = { maxBytes: 256 * 1024, maxFiles: 2, maxAgeDays: 90 };

/** What `internal guard` is. */
export async function runGuard(order: GuardOrder, { host, signal }: GuardHost): Promise<void> {
  const { platform, clock, environment } = host;
  const { agent } = order;
  const file = { dir: versionsDirOf(order.stateDir), stem: 'guard', ...LOG_LIMITS };
  const log = createLogger({ level: 'info', clock, file });
  try {
    await guard({
      order,
      suspect: new SuspectProcess(order, { platform, clock }),
      reachesServer: async (asked) => await reachesOwnServer(order.stateDir, { host, signal: asked }),
      ...(agent && { startAgent: () => startOrphan(agent, { os: platform.os, environment }) }),
      ...{ clock, log, signal },
    });
  } catch (error) {
    if (isAbortOf(signal, error)) log.info('guard.stopped', 'The watch was broken off');
    else log.error('guard.failed', 'The watch failed', { err: error });
  } finally {
    log.close();
  }
}

/** As the agent does it: over TLS, with the identity of this endpoint. */
export async function reachesOwnServer(
  stateDir: string,
  { host: { platform }, signal }: { host: Pick<AgentHost, 'platform'>; signal: AbortSignal },
): Promise<boolean> {
  const identity = new IdentityFolder({ stateDir, platform }).load();
  if (identity === undefined) return false;
  const { agentID, serverUrl, credentials } = identity;
  const client = new ServerClient({
    serverUrl,
    userAgent: `commander-agent/${VERSION}`,
    credentials: { proven: () => credentials },
  });
  try {
    return await reachesServer(client.current(), { agentID, signal });
  } finally {
    client.close();
  }
}
