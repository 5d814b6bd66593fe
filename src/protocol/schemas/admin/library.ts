import Type from 'typebox';
import {
  Arguments,
  ByteCount,
  ExecutorName,
  FileName,
  OptionalText,
  Sha256,
  Text,
  TimeoutSeconds,
} from '../common.ts';
import { Schedule, ServiceSpec } from '../desired.ts';

const { name, argv, ...serviceRules } = Type.Omit(ServiceSpec, [
  'filename',
  'executor',
  'archive',
]).properties;

/** What makes an entry of the library a task. How long a run may take is `timeoutSeconds` of the entry, as for jobs. */
export const LibraryTask = Type.Object({ kind: Type.Literal('task'), name, argv, schedule: Schedule });
export type LibraryTask = Type.Static<typeof LibraryTask>;

export const LibraryService = Type.Object({ kind: Type.Literal('service'), name, argv, ...serviceRules });
export type LibraryService = Type.Static<typeof LibraryService>;

/** Its `name` is unique in the library, so that no endpoint is ever given two units of one name. */
export const LibraryUnit = Type.Union([LibraryTask, LibraryService]);
export type LibraryUnit = Type.Static<typeof LibraryUnit>;

export const UnitKind = Type.Enum(['task', 'service']);
export type UnitKind = Type.Static<typeof UnitKind>;

/** The `job` part of an upload to the library. Fields beyond the original's four are ours. */
export const LibraryUpload = Type.Object({
  executor: ExecutorName,
  filename: FileName,
  description: Text,
  os: Text,
  timeoutSeconds: Type.Optional(TimeoutSeconds),
  /** A job when absent. */
  unit: Type.Optional(LibraryUnit),
});
export type LibraryUpload = Type.Static<typeof LibraryUpload>;

export const LibraryEntry = Type.Object({
  jobID: Text,
  executor: Text,
  filename: Text,
  description: Text,
  os: Text,
  user: OptionalText,
  timeCreated: Text,
  argv: Type.Optional(Arguments),
  sha256: Type.Optional(Sha256),
  size: Type.Optional(ByteCount),
  timeoutSeconds: Type.Optional(TimeoutSeconds),
  unit: Type.Optional(LibraryUnit),
});
export type LibraryEntry = Type.Static<typeof LibraryEntry>;

export const Library = Type.Object({ jobs: Type.Array(LibraryEntry) });
export type Library = Type.Static<typeof Library>;

/** GET /admin/library: a `Library` as JSON in a string, as the original sends it. */
export const LibraryReply = Type.Object({ library: Text });
export type LibraryReply = Type.Static<typeof LibraryReply>;
