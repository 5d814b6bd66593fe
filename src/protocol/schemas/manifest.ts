import Type from 'typebox';
import { ExecutorName, FileName, TimeoutSeconds } from './common.ts';

/** `manifest.json` at the top of an archive: how it is meant to be run. The job's own fields must not contradict it. */
export const Manifest = Type.Object({
  executor: Type.Optional(ExecutorName),
  filename: Type.Optional(FileName),
  description: Type.Optional(Type.String()),
  os: Type.Optional(Type.String()),
  timeoutSeconds: Type.Optional(TimeoutSeconds),
});
export type Manifest = Type.Static<typeof Manifest>;
