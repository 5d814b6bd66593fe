import { defined } from '../lib/defined.ts';
import type { LibraryUnit } from './schemas/admin/library.ts';
import type { Manifest } from './schemas/manifest.ts';

/** What makes an archive a task or a service, as its manifest says it, and what else is said of it beside that. */
export type UnitRules = Pick<
  Manifest,
  | 'kind'
  | 'argv'
  | 'schedule'
  | 'restart'
  | 'restartBudget'
  | 'stopGraceSeconds'
  | 'probe'
  | 'dependsOn'
  | 'log'
> & { readonly name?: string };

/** The task or service that the rules describe; undefined when they describe a job. Whether it is sound is judged elsewhere. */
export function unitOf(rules: UnitRules, filename: string): LibraryUnit | undefined {
  const { kind, name = unitNameOf(filename), argv, schedule = {}, ...others } = rules;
  const named = { name, ...defined({ argv }) };
  if (kind === 'task') return { kind, ...named, schedule };
  return kind === 'service' ? { kind, ...named, ...serviceRules(others) } : undefined;
}

/** Names only what there is: a manifest has fields that are no rules of a service. */
function serviceRules({ restart, restartBudget, stopGraceSeconds, probe, dependsOn, log }: UnitRules) {
  return defined({ restart, restartBudget, stopGraceSeconds, probe, dependsOn, log });
}

const MAX_NAME = 63;

/** `Nightly Backup.py` becomes `nightly-backup`. */
export function unitNameOf(filename: string): string {
  const name = filename
    .replace(/(?<=.)\.[^.]*$/, '')
    .toLowerCase()
    .replaceAll(/[^a-z0-9._-]+/g, '-')
    .replace(/^[._-]+/, '')
    .slice(0, MAX_NAME)
    .replace(/[._-]+$/, '');
  return name === '' ? 'unit' : name;
}
