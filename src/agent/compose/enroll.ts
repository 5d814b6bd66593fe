import { join } from 'node:path';
import { VERSION } from '../../lib/build-info.ts';
import { AppError } from '../../lib/errors.ts';
import type { EnrollOrder, EnrollSummary } from '../../protocol/endpoint.ts';
import { LOCK_NAME } from '../../store/agent/open-agent-store.ts';
import { isInstanceLockHeld } from '../../store/single-instance-lock.ts';
import type { AgentConfig } from '../config/schema.ts';
import { enroll } from '../enrollment/enroll.ts';
import { IdentityFolder } from '../enrollment/identity-folder.ts';
import type { AgentHost } from '../host.ts';

export interface EnrollAgentOptions {
  readonly host: AgentHost;
  readonly signal: AbortSignal;
}

/** Joins a server; see `enroll`. @throws also AGENT_ALREADY_RUNNING, for that one would go on under its old name */
export async function enrollAgent(
  { stateDir }: AgentConfig,
  order: EnrollOrder,
  { host, signal }: EnrollAgentOptions,
): Promise<EnrollSummary> {
  const { platform, hostname, clock } = host;
  if (isInstanceLockHeld(join(stateDir, LOCK_NAME))) {
    throw new AppError(
      'AGENT_ALREADY_RUNNING',
      `The agent is running on "${stateDir}"; stop it before it is enrolled anew`,
    );
  }
  const folder = new IdentityFolder({ stateDir, platform });
  const userAgent = `commander-agent/${VERSION}`;
  return await enroll(order, { folder, platform, hostname, userAgent, clock, signal });
}
