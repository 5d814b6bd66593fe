import type { Clock } from '../lib/clock.ts';
import type { Platform } from '../platform/platform.ts';

/** The machine and the process that the agent runs in, as `bin` finds them; tests give their own. */
export interface AgentHost {
  readonly platform: Platform;
  readonly hostname: string;
  /** As Node names it: "x64". */
  readonly arch: string;
  readonly pid: number;
  readonly environment: NodeJS.ProcessEnv;
  readonly clock: Clock;
  /** A number in [0, 1). */
  readonly random: () => number;
}
