import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import type { JobDeps, JobLimits } from '../../src/agent/jobs/job-options.ts';
import { DEFAULT_JOB_LIMITS } from '../../src/agent/jobs/job-pipeline.ts';
import type { StepContext } from '../../src/agent/jobs/step.ts';
import { workspaceOf, type Workspace } from '../../src/agent/jobs/workspace.ts';
import { systemClock } from '../../src/lib/clock.ts';
import { silentLogger } from '../../src/lib/log.ts';
import { Wakeup } from '../../src/lib/wakeup.ts';
import { currentPlatform } from '../../src/platform/select.ts';
import type { JobAssignment } from '../../src/protocol/schemas/job.ts';
import type { Job, JobChange } from '../../src/store/agent/job-journal.ts';
import type { Cleanup } from './cleanup.ts';
import { MemoryJobJournal } from './memory-job-journal.ts';
import { RecordingJobServer } from './recording-job-server.ts';
import { sampleAssignment } from './sample-assignment.ts';
import { makeTempDir } from './temp-dir.ts';

export type TestDeps = JobDeps & { readonly server: RecordingJobServer };

/** What the pipeline needs, real but for the wire, in a folder of its own. */
export function makeJobDeps(
  onEnd: (cleanup: Cleanup) => void,
  { limits = {}, ...more }: Partial<Omit<TestDeps, 'limits'>> & { limits?: Partial<JobLimits> } = {},
): TestDeps {
  const clock = more.clock ?? systemClock;
  return {
    journal: new MemoryJobJournal(clock),
    server: new RecordingJobServer(),
    platform: currentPlatform(),
    clock,
    random: Math.random,
    log: silentLogger,
    workDir: makeTempDir(onEnd),
    environment: process.env,
    policy: {},
    ...more,
    limits: { ...DEFAULT_JOB_LIMITS, endGraceMs: 200, ...limits },
  };
}

/** What a step is given: never stopped, unless `more` says otherwise. */
export function makeStepContext(deps: TestDeps, more: Partial<StepContext> = {}): StepContext & TestDeps {
  const never = new AbortController().signal;
  return {
    ...deps,
    signal: never,
    stopping: never,
    serverIsBack: new Wakeup(),
    ...more,
    server: deps.server,
  };
}

/** A job in the journal, after `changes`. */
export function makeJob(
  deps: JobDeps,
  assignment: Partial<JobAssignment> = {},
  changes: JobChange[] = [],
): Job {
  const [accepted] = deps.journal.accept([sampleAssignment(assignment)]);
  if (accepted === undefined) throw new Error('The job is in the journal already');
  return changes.reduce<Job>((job, change) => deps.journal.commit(job, change), accepted);
}

/** The job's workspace, with its folders. */
export function makeFolders(deps: JobDeps, { jobID }: Job): Workspace {
  const workspace = workspaceOf(deps.workDir, jobID);
  mkdirSync(join(workspace.filesDir), { recursive: true });
  return workspace;
}
