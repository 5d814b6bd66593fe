import { setTimeout as delay } from 'node:timers/promises';
import type { ProcessTree } from '../lib/process/process-tree.ts';
import type { RootProcess } from './platform.ts';

/** Processes that were just forced to end need a moment to be gone. */
const LOOK_AGAIN_MS = 5;

export interface ListedTreeOptions {
  /** Who is in the tree now; the dead that nobody has waited for do not count. */
  readonly list: () => number[] | Promise<number[]>;
  /** Whose group is all that can be reached when there is no list: no room for another process, or for another open file. */
  readonly groupOf?: RootProcess | undefined;
  /** Signals that ask a process to end, in order. */
  readonly askSignals: readonly NodeJS.Signals[];
  /** Signals that end it, in order. */
  readonly killSignals: readonly NodeJS.Signals[];
}

/** A tree that is found by looking through all processes, again and again until none of it is left. */
export class ListedTree implements ProcessTree {
  readonly #options: ListedTreeOptions;

  constructor(options: ListedTreeOptions) {
    this.#options = options;
  }

  async ask(): Promise<void> {
    send(await this.#members(), this.#options.askSignals);
  }

  async kill(deadlineMs: number): Promise<{ survivors: number[] }> {
    const deadline = performance.now() + deadlineMs;
    for (;;) {
      const members = await this.#members();
      if (members.length === 0 || performance.now() > deadline) return { survivors: members };
      send(members, this.#options.killSignals);
      await delay(LOOK_AGAIN_MS);
    }
  }

  async #members(): Promise<number[]> {
    try {
      return await this.#options.list();
    } catch {
      return group(this.#options.groupOf);
    }
  }
}

/** For `kill`, a negative ID is the group. It is ours for as long as its leader has not been waited for. */
function group(leader: RootProcess | undefined): number[] {
  const isOurs = leader?.exitCode === null && leader.signalCode === null;
  return isOurs && leader.pid !== undefined ? [-leader.pid] : [];
}

/** One signal to all before the next: whoever is stopped first cannot fork while the others are being ended. */
function send(pids: readonly number[], signals: readonly NodeJS.Signals[]): void {
  for (const signal of signals) {
    for (const pid of pids) {
      try {
        process.kill(pid, signal);
      } catch {
        // It has ended meanwhile, or is not ours to end; the next look tells.
      }
    }
  }
}
