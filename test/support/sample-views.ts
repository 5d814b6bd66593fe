import type { AgentView } from '../../src/protocol/schemas/admin/fleet.ts';
import type { JobView } from '../../src/protocol/schemas/admin/jobs.ts';
import type { RolloutView } from '../../src/protocol/schemas/admin/rollouts.ts';

/** An agent as the server shows it. */
export function sampleAgent(changes: Partial<AgentView> = {}): AgentView {
  return {
    agentID: '1f2e3d4c-0000-4000-8000-000000000001',
    hostname: 'web-1',
    os: 'Linux',
    arch: 'x64',
    version: '0.1.0',
    protocol: 2,
    connected: true,
    enrolledAt: '2026-11-23T07:00:00.000Z',
    lastSeenAt: '2026-11-23T07:30:00.000Z',
    certificateExpiresAt: '2027-02-21T07:00:00.000Z',
    pendingJobs: 0,
    group: 'default',
    ...changes,
  };
}

/** A job as the server shows it, that has succeeded. */
export function sampleJob(changes: Partial<JobView> = {}): JobView {
  return {
    jobID: 'aaaa1111-0000-4000-8000-000000000001',
    agentID: '1f2e3d4c-0000-4000-8000-000000000001',
    hostname: 'web-1',
    filename: 'hello.sh',
    executor: 'sh',
    argv: [],
    user: 'admin',
    state: 'finished',
    outcome: 'succeeded',
    exitCode: 0,
    createdAt: '2026-11-23T07:41:05.000Z',
    acceptedAt: '2026-11-23T07:41:05.020Z',
    startedAt: '2026-11-23T07:41:05.045Z',
    endedAt: '2026-11-23T07:41:06.545Z',
    finishedAt: '2026-11-23T07:41:06.600Z',
    phaseTimes: { accepted: 100, fetched: 100.004, extracted: 100.006, running: 100.007, exited: 101.507 },
    stdout: 'hello\n',
    stderr: '',
    stdoutBytes: 6,
    stderrBytes: 0,
    ...changes,
  };
}

/** A job that nobody has taken yet. */
export function sampleQueuedJob(changes: Partial<JobView> = {}): JobView {
  const { jobID, agentID, hostname, filename, executor, argv, createdAt } = sampleJob();
  return { jobID, agentID, hostname, filename, executor, argv, createdAt, state: 'queued', ...changes };
}

/** Of 30 agents, 8 run the version and 3 are on their way. */
export function sampleRolloutView(changes: Partial<RolloutView> = {}): RolloutView {
  return {
    rolloutID: 'rollout-1',
    group: 'web',
    version: '1.2.0',
    plan: {
      canaries: [],
      stages: [
        { percent: 50, restSeconds: 60 },
        { percent: 100, restSeconds: 0 },
      ],
      ...{ maxFailedPercent: 10, silentSeconds: 600, atOnce: 100 },
    },
    ...{ state: 'running', stage: 1, stages: 2 },
    reached: { agents: 15, offered: 11, updated: 8, failed: 0, silent: 0, gone: 0, late: 0 },
    whole: { agents: 30, offered: 11, updated: 8, failed: 0, silent: 0, gone: 0, late: 0 },
    lost: [],
    createdAt: '2026-11-23T11:00:00.000Z',
    createdBy: 'ada',
    ...changes,
  };
}
