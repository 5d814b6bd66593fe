import type { Self } from '../../../lib/self.ts';
import type { Platform, ProgramStart } from '../../../platform/platform.ts';
import { startOrphan } from '../../../platform/orphan.ts';
import { readConnection } from '../../../store/agent/read-agent-store.ts';
import type { GuardOrder } from './guard-order.ts';
import type { ProbationLimits } from './judge.ts';
import { clearSigns } from './signs.ts';
import { loadSwitch } from './switch-file.ts';

export interface GuardStart {
  readonly stateDir: string;
  readonly limits: ProbationLimits;
  /** The guard is this executable. */
  readonly self: Self;
  readonly platform: Pick<Platform, 'os' | 'processIdentity'>;
  readonly environment: NodeJS.ProcessEnv;
}

export interface Watched {
  readonly version: string;
  readonly pid: number;
  readonly agent?: ProgramStart;
}

/** Starts whoever watches over a version on probation, as `internal guard`. */
export async function startGuard({ version, pid, agent }: Watched, start: GuardStart): Promise<void> {
  const { stateDir, limits, self, platform, environment } = start;
  clearSigns(stateDir, pid);
  const identity = await platform.processIdentity(pid);
  const connectionBefore = sinceOf(stateDir);
  const order: GuardOrder = {
    ...{ stateDir, version, pid, limits },
    starts: loadSwitch(stateDir)?.probation?.starts ?? 0,
    ...(agent === undefined ? {} : { agent }),
    ...(identity === undefined ? {} : { identity }),
    ...(connectionBefore === undefined ? {} : { connectionBefore }),
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
