import type { ProgramStart } from '../../../platform/platform.ts';
import type { ProbationLimits } from './judge.ts';

/** What a guard is told by whoever starts the version on probation. */
export interface GuardOrder {
  readonly stateDir: string;
  readonly version: string;
  /** How often that version has been started by now. */
  readonly starts: number;
  readonly pid: number;
  /** Of that process, in the words of `Platform.processIdentity`; absent where that is unknown. */
  readonly identity?: string;
  /** How an agent is started here; absent where a keeper does it. */
  readonly agent?: ProgramStart;
  readonly limits: ProbationLimits;
}
