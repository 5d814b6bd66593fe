import type { Platform, ProgramStart } from '../../../platform/platform.ts';
import { startOrphan } from '../../../platform/orphan.ts';
import type { GuardOrder } from './guard-order.ts';
import type { ProbationLimits } from './judge.ts';
import type { Launcher } from './launch-mark.ts';
import { clearSigns } from './signs.ts';
import { loadSwitch } from './switch-file.ts';

export interface GuardStart {
  readonly stateDir: string;
  readonly limits: ProbationLimits;
  /** The guard is this executable. */
  readonly self: Launcher;
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
  const order: GuardOrder = {
    ...{ stateDir, version, pid, limits },
    starts: loadSwitch(stateDir)?.probation?.starts ?? 0,
    ...(agent === undefined ? {} : { agent }),
    ...(identity === undefined ? {} : { identity }),
  };
  const args = [...self.leadingArgs, 'internal', 'guard', JSON.stringify(order)];
  startOrphan({ command: self.executablePath, args }, { os: platform.os, environment });
}
