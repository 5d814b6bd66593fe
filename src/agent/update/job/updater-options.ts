import type { Clock } from '../../../lib/clock.ts';
import type { Logger } from '../../../lib/log.ts';
import type { OsName } from '../../../platform/platform.ts';
import type { ReleasePlatform } from '../../../protocol/schemas/releases.ts';
import type { JobJournal } from '../../../store/agent/job-journal.ts';
import type { ObtainVersion } from '../obtain-version.ts';
import type { UpdateOutput } from './update-output.ts';

/** Proves a version here without switching to it. @throws AppError, one sentence on why it will not do */
export type Preflight = (candidate: {
  readonly version: string;
  readonly executablePath: string;
  readonly signal: AbortSignal;
}) => Promise<void>;

/** What an update asks of the jobs that run here. */
export interface JobsBeside {
  /** Starts no more of them; resolves when none runs. */
  drain(): Promise<void>;
  /** Starts them again. */
  resume(): void;
  /** The journal holds a result to be reported. */
  reportNews(): void;
}

/** What happens when jobs still run at the end of `drainMs`. */
export type WhenBusy = 'wait' | 'postpone' | 'interrupt';

export interface UpdaterOptions {
  readonly stateDir: string;
  /** Of this process. */
  readonly own: string;
  readonly os: OsName;
  readonly releasePlatform: ReleasePlatform;
  /** The executable of this process, which has most blocks in common with others. */
  readonly ownExecutablePath: string;
  readonly journal: Pick<JobJournal, 'accept' | 'active' | 'get' | 'commit'>;
  /** As the server wants it; undefined when it does not mind. */
  readonly desiredVersion: () => string | undefined;
  readonly obtain: ObtainVersion;
  readonly preflight: Preflight;
  readonly jobs: JobsBeside;
  /** Where a job's standard output lies. */
  readonly stdoutPathOf: (jobID: string) => string;
  /** Stops this agent, so that the current version takes its place; jobs that still run are ended if `isUrgent`. */
  readonly makeRoom: (how: { isUrgent: boolean }) => void;
  readonly drainMs: number;
  readonly whenBusy: WhenBusy;
  readonly newJobID: () => string;
  readonly clock: Clock;
  /** A number in [0, 1). */
  readonly random: () => number;
  readonly log: Logger;
}

/** What a step is given. */
export interface UpdateContext extends UpdaterOptions {
  readonly output: UpdateOutput;
  readonly signal: AbortSignal;
}
