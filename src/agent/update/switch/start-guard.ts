import type { Self } from '../../../lib/self.ts';
import type { Platform, ProgramStart } from '../../../platform/platform.ts';
import { startOrphan } from '../../../platform/orphan.ts';
import { readConnection } from '../../../store/agent/read-agent-store.ts';
import type { AgentConfig } from '../../config/schema.ts';
import type { GuardOrder } from './guard-order.ts';
import { clearSigns } from './signs.ts';

export interface GuardStart {
  readonly config: Pick<AgentConfig, 'stateDir' | 'update'>;
  /** The guard is this executable. */
  readonly self: Self;
  readonly platform: Pick<Platform, 'os' | 'processIdentity'>;
  readonly environment: NodeJS.ProcessEnv;
}

export interface Watched {
  readonly version: string;
  readonly pid: number;
  readonly agent: ProgramStart;
}

/** Starts whoever watches over a version on probation, as `internal guard`. */
export async function startGuard({ version, pid, agent }: Watched, start: GuardStart): Promise<void> {
  const { config, self, platform, environment } = start;
  const { stateDir, update } = config;
  clearSigns(stateDir);
  const identity = await platform.processIdentity(pid);
  const connectionBefore = sinceOf(stateDir);
  const order: GuardOrder = {
    ...{ stateDir, version, pid, agent },
    ...(identity === undefined ? {} : { identity }),
    ...(connectionBefore === undefined ? {} : { connectionBefore }),
    limits: {
      probationMs: update.probationSeconds * 1000,
      hangMs: update.hangSeconds * 1000,
      checkinMs: update.checkinSeconds * 1000,
    },
  };
  const args = [...self.leadingArgs, 'internal', 'guard', JSON.stringify(order)];
  startOrphan({ command: self.executablePath, args }, { os: platform.os, environment });
}

function sinceOf(stateDir: string): number | undefined {
  try {
    return readConnection(stateDir)?.since;
  } catch {
    return undefined; // the agent itself finds out what is wrong with its memory
  }
}
