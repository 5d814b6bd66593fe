import type { ServiceSpec } from '../../protocol/schemas/desired.ts';

/** What keeps each of `specs` from being started among the others, by name: nothing, for most. Pure. */
export function specProblems(specs: readonly ServiceSpec[]): Map<string, string> {
  const byName = new Map(specs.map((spec) => [spec.name, spec]));
  const problems = new Map<string, string>();
  for (const { name, dependsOn = [], probe } of specs) {
    const missing = dependsOn.find((other) => !byName.has(other));
    const cycle = cycleThrough(name, byName);
    if (missing !== undefined)
      problems.set(name, `It depends on "${missing}", which is not on this endpoint`);
    else if (cycle !== undefined) problems.set(name, `It depends on itself: ${cycle.join(' -> ')}`);
    else if (probe?.kind === 'command' && probe.command === undefined)
      problems.set(name, 'Its probe has no command');
    else if ((probe?.kind === 'tcp' || probe?.kind === 'http') && probe.port === undefined)
      problems.set(name, 'Its probe has no port');
  }
  return problems;
}

/** The shortest way from a service back to itself. */
function cycleThrough(start: string, byName: ReadonlyMap<string, ServiceSpec>): string[] | undefined {
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
