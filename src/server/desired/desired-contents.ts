import type { AssignmentStore } from '../../store/server/assignment-store.ts';
import type { LibraryStore } from '../../store/server/library-store.ts';
import { contentOf, type DesiredContent } from './desired-content.ts';

/** A fleet has few different ones; where each agent has its own, the oldest are made again. */
const MAX_KEPT = 1000;

/** Makes contents, one for all agents that are to keep the same. */
export class DesiredContents {
  readonly #library: Pick<LibraryStore, 'get'>;
  readonly #assignments: Pick<AssignmentStore, 'filenamesFor'>;
  /** By what goes into them, the library apart. */
  readonly #kept = new Map<string, Promise<DesiredContent>>();

  constructor(stores: {
    library: Pick<LibraryStore, 'get'>;
    assignments: Pick<AssignmentStore, 'filenamesFor'>;
  }) {
    this.#library = stores.library;
    this.#assignments = stores.assignments;
  }

  async contentFor(
    agent: { agentID: string; group: string },
    agentVersion: string | undefined,
  ): Promise<DesiredContent> {
    const filenames = await this.#assignments.filenamesFor(agent);
    const key = JSON.stringify([agentVersion, ...filenames]);
    const kept = this.#kept.get(key);
    if (kept !== undefined) return await kept;
    const made = this.#make(filenames, agentVersion);
    this.#keep(key, made);
    return await made;
  }

  /** To be called when the library has changed. */
  forget(): void {
    this.#kept.clear();
  }

  async #make(filenames: readonly string[], agentVersion: string | undefined): Promise<DesiredContent> {
    const entries = await Promise.all(filenames.map(async (filename) => await this.#library.get(filename)));
    return contentOf(
      entries.filter((entry) => entry !== undefined),
      agentVersion,
    );
  }

  #keep(key: string, made: Promise<DesiredContent>): void {
    const [oldest] = this.#kept.keys();
    if (oldest !== undefined && this.#kept.size >= MAX_KEPT) this.#kept.delete(oldest);
    this.#kept.set(key, made);
    made.catch(() => this.#kept.delete(key));
  }
}
