import { describeError, isAppError } from '../lib/errors.ts';
import { dueTimesOf } from './due-times.ts';
import type { Probe, Schedule, ServiceSpec } from './schemas/desired.ts';

/**
 * What a schema cannot say of tasks and services. The server refuses them for it when they are added; an endpoint that
 * gets one all the same reports it.
 */

/** A task or service that cannot be kept as it is wanted. */
export interface UnitProblem {
  readonly name: string;
  /** One sentence. */
  readonly message: string;
}

/** Why `schedule` is none that anybody could have meant: wrong in itself, or not due once from `nowMs` on; undefined when all is well. */
export async function scheduleProblem(schedule: Schedule, nowMs: number): Promise<string | undefined> {
  try {
    const times = await dueTimesOf(schedule, { anchorMs: nowMs });
    if (times.next(nowMs) !== undefined) return undefined;
    return `"${String(schedule.at)}" is in the past; give a time to come`;
  } catch (error) {
    if (!isAppError(error, 'SCHEDULE_INVALID')) throw error;
    return describeError(error);
  }
}

/** What of a service says with which others it goes together. */
type Linked = Pick<ServiceSpec, 'name' | 'dependsOn' | 'probe'>;

/** What keeps some of `services` from being started on one endpoint that has them all. Pure. */
export function serviceProblems(services: readonly Linked[]): UnitProblem[] {
  const byName = new Map(services.map((spec) => [spec.name, spec]));
  return services.flatMap((spec) => {
    const message = dependencyProblem(spec, byName) ?? probeProblem(spec.probe);
    return message === undefined ? [] : { name: spec.name, message };
  });
}

/** What is missing in a probe. */
export function probeProblem(probe: Probe | undefined): string | undefined {
  if (probe?.kind === 'command' && probe.command === undefined) return 'Its probe has no command';
  if ((probe?.kind === 'tcp' || probe?.kind === 'http') && probe.port === undefined)
    return 'Its probe has no port';
  return undefined;
}

type ByName = ReadonlyMap<string, Linked>;

function dependencyProblem({ name, dependsOn = [] }: Linked, byName: ByName): string | undefined {
  const missing = dependsOn.find((other) => !byName.has(other));
  if (missing !== undefined) return `It depends on "${missing}", which is not on this endpoint`;
  const cycle = cycleThrough(name, byName);
  return cycle === undefined ? undefined : `It depends on itself: ${cycle.join(' -> ')}`;
}

/** The shortest way from a service back to itself. */
function cycleThrough(start: string, byName: ByName): string[] | undefined {
  const seen = new Set<string>();
  const ways = [[start]];
  for (let way = ways.shift(); way !== undefined; way = ways.shift()) {
    for (const next of byName.get(way.at(-1) ?? '')?.dependsOn ?? []) {
      if (next === start) return [...way, next];
      if (seen.has(next)) continue;
      seen.add(next);
      ways.push([...way, next]);
    }
  }
  return undefined;
}
