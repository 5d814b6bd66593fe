import type { JobView } from '../../protocol/schemas/admin/jobs.ts';
import type { PhaseTimes } from '../../protocol/schemas/job.ts';

/** `running`, `succeeded`, `failed (exit code 3)`, `failed (SIGKILL)`. */
export function jobStatus({ state, outcome, exitCode, signal }: JobView): string {
  if (outcome === undefined) return state;
  if (outcome === 'succeeded') return outcome;
  const detail = signal ?? (exitCode === undefined ? undefined : `exit code ${exitCode}`);
  return detail === undefined ? outcome : `${outcome} (${detail})`;
}

/** Who wanted it: `admin`, `task backup`, `update to 1.2.0`. */
export function jobSource({ user = '', origin }: JobView): string {
  if (origin === undefined) return user;
  return 'task' in origin ? `task ${origin.task}` : `update to ${origin.updateTo}`;
}

export interface PhaseDuration {
  readonly name: string;
  readonly ms: number;
}

/** Between which of the endpoint's commits each phase lies. */
const PHASES: readonly (readonly [name: string, from: keyof PhaseTimes, to: keyof PhaseTimes])[] = [
  ['fetch', 'accepted', 'fetched'],
  ['extract', 'fetched', 'extracted'],
  ['start', 'extracted', 'running'],
  ['run', 'running', 'exited'],
];

/**
 * How long each phase took, as far as it is known. Two clocks are at work: "queued" and "total" are the server's, the rest
 * the endpoint's, and no duration mixes them.
 */
export function phaseDurations(job: JobView): PhaseDuration[] {
  const times = job.phaseTimes ?? {};
  const onEndpoint = PHASES.map(([name, from, to]) => ({
    name,
    ms: ((times[to] ?? NaN) - (times[from] ?? NaN)) * 1000,
  }));
  const all = [
    { name: 'queued', ms: span(job.createdAt, job.acceptedAt) },
    ...onEndpoint,
    { name: 'total', ms: span(job.createdAt, job.finishedAt) },
  ];
  return all.filter(({ ms }) => !Number.isNaN(ms));
}

function span(from: string, to: string | undefined): number {
  return to === undefined ? NaN : Date.parse(to) - Date.parse(from);
}
