import Type from 'typebox';
import { Probe, Schedule, ServiceSpec } from './desired.ts';
import { Arguments, ExecutorName, FileName, TimeoutSeconds } from './common.ts';

/** `manifest.json` at the top of an archive: how it is meant to be run. The job's own fields must not contradict it. */
export const Manifest = Type.Object({
  executor: Type.Optional(ExecutorName),
  filename: Type.Optional(FileName),
  description: Type.Optional(Type.String()),
  os: Type.Optional(Type.String()),
  timeoutSeconds: Type.Optional(TimeoutSeconds),
  /** What the archive is when nothing else says so; a job by default. */
  kind: Type.Optional(Type.Enum(['job', 'task', 'service'])),
  /** For the program of a task or service. */
  argv: Type.Optional(Arguments),
  schedule: Type.Optional(Schedule),
  restart: Type.Optional(ServiceSpec.properties.restart),
  restartBudget: Type.Optional(ServiceSpec.properties.restartBudget),
  stopGraceSeconds: Type.Optional(ServiceSpec.properties.stopGraceSeconds),
  probe: Type.Optional(Probe),
  dependsOn: Type.Optional(ServiceSpec.properties.dependsOn),
  log: Type.Optional(ServiceSpec.properties.log),
});
export type Manifest = Type.Static<typeof Manifest>;
