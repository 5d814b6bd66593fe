import { test } from '@jest/globals';
import type { Cleanup } from '../../support/cleanup.ts';

/** Often enough for a stage that breaks down once in four times. */
const TIMES_TOLD = 4;

/** What a story is played on. */
export interface Stage {
  /** Why nothing that was seen there counts; undefined when it does. */
  whyBroken(): Promise<string | undefined>;
  end(): Promise<void>;
}

export interface Beginning {
  readonly open: () => Promise<Stage>;
  /** What has happened there before the first chapter; what undoes it is handed over. */
  readonly set: (onEnd: (cleanup: Cleanup) => void) => Promise<void>;
}

/**
 * Tests in a row, each of which begins where the one before it ended. They are told together, so that they can be told anew, from the
 * beginning and on another stage, when the stage itself breaks down: that says nothing of what is tested.
 */
export class Story {
  readonly #chapters = new Map<string, () => unknown>();
  /** What was wrong with each of those that were told, if anything was. */
  #failures = new Map<string, Error | undefined>();

  chapter(title: string, tell: () => unknown): void {
    this.#chapters.set(title, tell);
    test(title, () => {
      if (!this.#failures.has(title)) throw new Error('Was not told; see why the story could not begin');
      const failure = this.#failures.get(title);
      if (failure !== undefined) throw failure;
    });
  }

  /** All of it, for `beforeAll`. */
  async tell(beginning: Beginning): Promise<void> {
    for (let time = 1; time <= TIMES_TOLD; time++) {
      const breakdown = await this.#tellOnce(beginning);
      if (breakdown === undefined) return;
      process.stderr.write(`The story is told anew: ${breakdown}\n`);
    }
    throw new Error(`The stage broke down ${TIMES_TOLD} times`);
  }

  /** Returns why it does not count; undefined when it does. */
  async #tellOnce({ open, set }: Beginning): Promise<string | undefined> {
    this.#failures = new Map();
    const stage = await open();
    const cleanups: Cleanup[] = [async () => await stage.end()];
    try {
      const failure = await failureOf(async () => await set((cleanup) => cleanups.push(cleanup)));
      const breakdown = await stage.whyBroken();
      if (failure !== undefined && breakdown === undefined) throw failure;
      return breakdown ?? (await this.#tellChapters(stage));
    } finally {
      for (const cleanup of cleanups.reverse()) await cleanup();
    }
  }

  async #tellChapters(stage: Stage): Promise<string | undefined> {
    for (const [title, tell] of this.#chapters) {
      this.#failures.set(title, await failureOf(tell));
      const breakdown = await stage.whyBroken();
      if (breakdown !== undefined) return breakdown;
    }
    return undefined;
  }
}

async function failureOf(tell: () => unknown): Promise<Error | undefined> {
  try {
    await tell();
    return undefined;
  } catch (error) {
    return error instanceof Error ? error : new Error(String(error));
  }
}
