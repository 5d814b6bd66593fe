import Type from 'typebox';
import { Arguments, ByteCount, Identifier, Instant, OptionalText, Text, TimeoutSeconds } from '../common.ts';
import { JobOrigin, JobOutcome, PhaseTimes } from '../job.ts';

export const AssignRequest = Type.Object({
  agentID: Text,
  filename: Text,
  argv: Arguments,
  timeoutSeconds: Type.Optional(TimeoutSeconds),
});
export type AssignRequest = Type.Static<typeof AssignRequest>;

export const AssignReply = Type.Object({ success: Text, jobID: Identifier });
export type AssignReply = Type.Static<typeof AssignReply>;

/** Where a job is, as the server knows it. `finished` is the only end; `outcome` then says how. */
export const JobState = Type.Enum([
  'queued',
  'accepted',
  'fetched',
  'extracted',
  'running',
  'exited',
  'finished',
]);
export type JobState = Type.Static<typeof JobState>;

/** `lost`: the agent came back without the job and without a result (its state was wiped). */
export const JobEnd = Type.Union([JobOutcome, Type.Literal('lost')]);
export type JobEnd = Type.Static<typeof JobEnd>;

export const JobView = Type.Object({
  jobID: Identifier,
  agentID: Text,
  hostname: Text,
  filename: Text,
  executor: Text,
  argv: Arguments,
  user: OptionalText,
  /** Who put it into the journal when no admin did; `origin` says more. */
  source: Type.Optional(Type.Enum(['task', 'update'])),
  origin: Type.Optional(JobOrigin),
  state: JobState,
  outcome: Type.Optional(JobEnd),
  reason: OptionalText,
  exitCode: Type.Optional(Type.Integer()),
  signal: OptionalText,
  createdAt: Instant,
  acceptedAt: Type.Optional(Instant),
  startedAt: Type.Optional(Instant),
  endedAt: Type.Optional(Instant),
  finishedAt: Type.Optional(Instant),
  phaseTimes: Type.Optional(PhaseTimes),
  stdout: OptionalText,
  stderr: OptionalText,
  stdoutBytes: Type.Optional(ByteCount),
  stderrBytes: Type.Optional(ByteCount),
});
export type JobView = Type.Static<typeof JobView>;

export const JobList = Type.Object({ jobs: Type.Array(JobView) });
export type JobList = Type.Static<typeof JobList>;
