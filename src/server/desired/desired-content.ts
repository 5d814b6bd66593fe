import { createHash } from 'node:crypto';
import type { LibraryService, LibraryTask, LibraryUnit } from '../../protocol/schemas/admin/library.ts';
import type { DesiredState, ServiceSpec, TaskSpec } from '../../protocol/schemas/desired.ts';
import { MAX_SERVICES, MAX_TASKS } from '../../protocol/version.ts';
import type { LibraryRecord } from '../../store/server/library-store.ts';

/** A desired state without its revision: the same for all agents that are to keep the same. */
export class DesiredContent {
  /** SHA-256 of all that it says. */
  readonly digest: string;
  readonly archives: ReadonlySet<string>;
  readonly isEmpty: boolean;
  /** The document in JSON, without the brace before its first key. */
  readonly #tail: string;

  constructor(content: Omit<DesiredState, 'revision'>) {
    const { agentVersion, tasks, services } = content;
    this.#tail = JSON.stringify({ ...(agentVersion === undefined ? {} : { agentVersion }), tasks, services })
      // Thousands of agents may be sent it at once: written once, it is cut in only for the revision.
      .slice(1);
    this.digest = createHash('sha256').update(this.#tail).digest('hex');
    this.archives = new Set([...tasks, ...services].map(({ archive }) => archive.sha256));
    this.isEmpty = agentVersion === undefined && tasks.length + services.length === 0;
  }

  frame(revision: number): string {
    return `{"kind":"desired","desired":{"revision":${revision},${this.#tail}}`;
  }
}

/** More than an agent takes is left out: it would turn down the whole document. */
export function contentOf(
  entries: readonly LibraryRecord[],
  agentVersion: string | undefined,
): DesiredContent {
  const tasks = entries.flatMap((entry) => (entry.unit?.kind === 'task' ? taskOf(entry, entry.unit) : []));
  const services = entries.flatMap((entry) =>
    entry.unit?.kind === 'service' ? serviceOf(entry, entry.unit) : [],
  );
  return new DesiredContent({
    ...(agentVersion === undefined ? {} : { agentVersion }),
    tasks: tasks.slice(0, MAX_TASKS),
    services: services.slice(0, MAX_SERVICES),
  });
}

function taskOf(entry: LibraryRecord, unit: LibraryTask): TaskSpec {
  const { timeoutSeconds } = entry;
  return {
    ...programOf(entry),
    ...rulesOf(unit),
    ...(timeoutSeconds === undefined ? {} : { timeoutSeconds }),
  };
}

function serviceOf(entry: LibraryRecord, unit: LibraryService): ServiceSpec {
  return { ...programOf(entry), ...rulesOf(unit) };
}

function programOf({ filename, executor, sha256, size }: LibraryRecord) {
  return { filename, executor, archive: { sha256, size } };
}

function rulesOf<Unit extends LibraryUnit>(unit: Unit): Omit<Unit, 'kind'> {
  return Object.fromEntries(Object.entries(unit).filter(([key]) => key !== 'kind')) as Omit<Unit, 'kind'>;
}
