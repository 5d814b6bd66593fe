import { describeError } from '../../lib/errors.ts';
import { dueTimesOf } from '../../protocol/due-times.ts';
import { validateServiceSpec, validateTaskSpec } from '../../protocol/generated/desired.js';
import type { ServiceSpec, TaskSpec } from '../../protocol/schemas/desired.ts';
import type { DesiredFrame } from '../../protocol/schemas/frames.ts';
import type { UnitProblem } from '../../protocol/unit-problems.ts';
import { parse } from '../../protocol/validate.ts';
import type { DesiredRecord } from '../../store/agent/desired-store.ts';

/** Both kinds of units, as far as this file is concerned. */
interface Named {
  readonly name: string;
}

/**
 * What of a document can be kept. One by one: a bad unit must not hide the good ones, and where there is an older version of
 * it, that stays.
 */
export async function checkUnits(
  { revision, agentVersion, tasks, services }: DesiredFrame['desired'],
  before: DesiredRecord | undefined,
): Promise<DesiredRecord> {
  const problems: UnitProblem[] = [];
  return {
    revision,
    ...(agentVersion === undefined ? {} : { agentVersion }),
    tasks: await sortOut(tasks, { kind: 'Task', check: checkTask, before: before?.tasks ?? [], problems }),
    services: await sortOut(services, {
      ...{ kind: 'Service', check: checkService, before: before?.services ?? [], problems },
    }),
    problems,
  };
}

interface Sorting<Unit extends Named> {
  readonly kind: string;
  readonly check: (unit: unknown) => Unit | Promise<Unit>;
  readonly before: readonly Unit[];
  readonly problems: UnitProblem[];
}

async function sortOut<Unit extends Named>(
  units: readonly unknown[],
  { kind, check, before, problems }: Sorting<Unit>,
): Promise<Unit[]> {
  const kept = new Map<string, Unit>();
  for (const [index, unit] of units.entries()) {
    const name = nameOf(unit) ?? `${kind} ${index + 1}`;
    try {
      const checked = await check(unit);
      if (kept.has(name)) problems.push({ name, message: `${kind} "${name}" is there twice` });
      else kept.set(name, checked);
    } catch (error) {
      problems.push({ name, message: describeError(error) });
      const older = before.find((one) => one.name === name);
      if (older !== undefined && !kept.has(name)) kept.set(name, older);
    }
  }
  return [...kept.values()];
}

async function checkTask(unit: unknown): Promise<TaskSpec> {
  const task = parse(validateTaskSpec, unit, 'The task');
  await dueTimesOf(task.schedule, { anchorMs: 0 });
  return task;
}

function checkService(unit: unknown): ServiceSpec {
  return parse(validateServiceSpec, unit, 'The service');
}

function nameOf(unit: unknown): string | undefined {
  const name = (unit as Partial<Named> | null)?.name;
  return typeof name === 'string' ? name : undefined;
}
