import Type from 'typebox';
import {
  Arguments,
  ByteCount,
  ExecutorName,
  FileName,
  Identifier,
  Sha256,
  TimeoutSeconds,
  Version,
} from './common.ts';

/** Where a protocol 2 agent gets the archive: by content, so that a fetch can be resumed and checked. */
export const ArchiveRef = Type.Object({ sha256: Sha256, size: ByteCount });
export type ArchiveRef = Type.Static<typeof ArchiveRef>;

/** A run that a task's schedule put into the journal, not the server. Times are seconds since the epoch. */
export const TaskOrigin = Type.Object({
  task: Type.String(),
  dueAt: Type.Number(),
  attempt: Type.Integer({ minimum: 1 }),
});
export type TaskOrigin = Type.Static<typeof TaskOrigin>;

/** A change of the agent's own version, forward or back: the job that is built into every agent. */
export const UpdateOrigin = Type.Object({ updateTo: Version, updateFrom: Version });
export type UpdateOrigin = Type.Static<typeof UpdateOrigin>;

/** Of a job that the endpoint put into its journal itself. */
export const JobOrigin = Type.Union([TaskOrigin, UpdateOrigin]);
export type JobOrigin = Type.Static<typeof JobOrigin>;

/** One pushed job. The first eight fields are the original's; what follows only our server sends. */
export const JobAssignment = Type.Object({
  jobID: Identifier,
  executor: ExecutorName,
  filename: FileName,
  description: Type.Optional(Type.String()),
  os: Type.Optional(Type.String()),
  user: Type.Optional(Type.String()),
  timeCreated: Type.Optional(Type.String()),
  argv: Type.Optional(Arguments),
  archive: Type.Optional(ArchiveRef),
  /** Never sent: set by the endpoint itself. */
  origin: Type.Optional(JobOrigin),
  timeoutSeconds: Type.Optional(TimeoutSeconds),
});
export type JobAssignment = Type.Static<typeof JobAssignment>;

/** How a job ended. Everything but `succeeded` is a failure that the report explains. */
export const JobOutcome = Type.Enum([
  'succeeded',
  'failed',
  'timed-out',
  'canceled',
  'interrupted',
  'refused',
  'fetch-failed',
  'archive-rejected',
  'start-failed',
]);
export type JobOutcome = Type.Static<typeof JobOutcome>;

/** When each phase was committed on the endpoint, in seconds since the epoch. */
export const PhaseTimes = Type.Partial(
  Type.Object({
    accepted: Type.Number(),
    fetched: Type.Number(),
    extracted: Type.Number(),
    running: Type.Number(),
    exited: Type.Number(),
  }),
);
export type PhaseTimes = Type.Static<typeof PhaseTimes>;

/** What only protocol 2 says of a result. */
export const ResultDetail = Type.Object({
  /** The server has no job of this ID yet, and makes one from the report. */
  origin: Type.Optional(JobOrigin),
  outcome: JobOutcome,
  /** One sentence for people, when the outcome needs one. */
  reason: Type.Optional(Type.String()),
  errorCode: Type.Optional(Type.String()),
  signal: Type.Optional(Type.String()),
  phaseTimes: PhaseTimes,
  /** All that the program wrote, of which `stdout` and `stderr` hold the head and the tail. */
  stdoutBytes: ByteCount,
  stderrBytes: ByteCount,
});
export type ResultDetail = Type.Static<typeof ResultDetail>;

/** Absent and null mean the same to the original. */
const NullableText = Type.Unsafe<string | null>({ type: ['string', 'null'] });

/** Body of POST /agent/history, under `job`: the pushed fields plus the result. Only these keys are known to the original. */
export const JobReport = Type.Object({
  jobID: Type.Optional(Identifier),
  executor: Type.Optional(Type.String()),
  filename: FileName,
  description: Type.Optional(Type.String()),
  os: Type.Optional(Type.String()),
  user: Type.Optional(NullableText),
  timeCreated: Type.Optional(Type.String()),
  timeDispatched: Type.Optional(NullableText),
  timeStarted: Type.Optional(NullableText),
  timeEnded: Type.Optional(NullableText),
  argv: Type.Optional(Type.Unsafe<string[] | null>({ type: ['array', 'null'], items: { type: 'string' } })),
  exitCode: Type.Optional(Type.Unsafe<number | null>({ type: ['integer', 'null'] })),
  stdout: Type.Optional(NullableText),
  stderr: Type.Optional(NullableText),
});
export type JobReport = Type.Static<typeof JobReport>;

/** What a protocol 2 agent sends: the original's body, with the detail beside `job`, where the original ignores it. */
export const HistoryPost = Type.Object({ job: JobReport, detail: Type.Optional(ResultDetail) });
export type HistoryPost = Type.Static<typeof HistoryPost>;
