import { AppError } from '../../lib/errors.ts';
import type { LibraryService, LibraryUnit } from '../../protocol/schemas/admin/library.ts';
import { scheduleProblem, serviceProblems } from '../../protocol/unit-problems.ts';

export interface UnitSurroundings {
  /** The others of the library. */
  readonly others: readonly LibraryUnit[];
  readonly nowMs: number;
}

/**
 * Refuses what no endpoint could keep. A service may depend on one that the library does not have yet.
 * @throws AppError SCHEDULE_INVALID, SERVICE_INVALID
 */
export async function requireSoundUnit(
  unit: LibraryUnit,
  { others, nowMs }: UnitSurroundings,
): Promise<void> {
  if (unit.kind === 'task') {
    const problem = await scheduleProblem(unit.schedule, nowMs);
    if (problem !== undefined) throw new AppError('SCHEDULE_INVALID', problem);
    return;
  }
  const services = others.filter((other) => other.kind === 'service');
  const problem = serviceProblems(knownAmongThem([...services, unit])).find(({ name }) => name === unit.name);
  if (problem === undefined) return;
  throw new AppError('SERVICE_INVALID', `Service "${unit.name}" cannot be kept: ${problem.message}`);
}

/** As if nothing else were depended on. */
function knownAmongThem(services: readonly LibraryService[]): LibraryService[] {
  const names = new Set(services.map(({ name }) => name));
  return services.map((service) => ({
    ...service,
    dependsOn: (service.dependsOn ?? []).filter((name) => names.has(name)),
  }));
}
