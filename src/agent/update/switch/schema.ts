import Type from 'typebox';
import { Version } from '../../../protocol/schemas/common.ts';

/** A version that has not shown yet that it is as good as the one before it. Times are milliseconds since the epoch. */
const Probation = Type.Object({
  version: Version,
  /** What to go back to. */
  from: Version,
  /** The update job. */
  jobID: Type.String(),
  since: Type.Number(),
  /** How often the version was started, counted before each start; without those that somebody asked to stop. */
  starts: Type.Integer({ minimum: 0 }),
  /** When somebody last asked it to, as far as that has been taken off. */
  stoppedAt: Type.Optional(Type.Number()),
});
export type Probation = Type.Static<typeof Probation>;

/** What was wrong with a version here. */
const BadMark = Type.Object({
  reason: Type.String(),
  at: Type.Number(),
  /** When it may be tried again without anybody asking; absent when not at all. */
  retryAt: Type.Optional(Type.Number()),
});
export type BadMark = Type.Static<typeof BadMark>;

/**
 * Which version of the agent this endpoint runs. One file, replaced atomically, is all that a change of version changes:
 * at any moment it names one version, whole.
 */
export const SwitchState = Type.Object({
  /** Of the installed executable, which is started first and hands over to the current version. */
  base: Version,
  current: Version,
  /** Kept to go back to. */
  previous: Type.Optional(Version),
  probation: Type.Optional(Probation),
  /** By version. */
  bad: Type.Record(Type.String(), BadMark),
  /** What the server wanted when that was last looked at; null when it did not mind. */
  wanted: Type.Optional(Type.Union([Version, Type.Null()])),
  /** Stays at this version whatever the server wants. */
  pinned: Type.Optional(Version),
});
export type SwitchState = Type.Static<typeof SwitchState>;
