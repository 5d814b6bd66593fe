import { isDeepStrictEqual } from 'node:util';
import type { Logger } from '../../lib/log.ts';
import type { ServiceSpec } from '../../protocol/schemas/desired.ts';
import type { KeptRecord } from './kept-record.ts';
import { Preparation } from './preparation.ts';
import type { ServiceFolder } from './service-folder.ts';
import type { ServiceDeps } from './service-options.ts';

/** What is desired of one service. */
export interface Wanted {
  readonly spec: ServiceSpec;
  /** Why it cannot be started among the others, if so. */
  readonly problem?: string | undefined;
}

export interface SuccessionOptions extends ServiceDeps {
  readonly folder: ServiceFolder;
  readonly record: KeptRecord;
  readonly log: Logger;
  /** Called when there is something new to do. */
  readonly onChange: () => void;
  /** Called when there is something new to see. */
  readonly onNews: () => void;
}

/** From the spec that is kept to the one that is wanted: the old one goes on until the new one is ready to take over. */
export class Succession {
  readonly #options: SuccessionOptions;
  #preparation: Preparation | undefined;

  constructor(options: SuccessionOptions) {
    this.#options = options;
  }

  get isUnderWay(): boolean {
    return this.#preparation !== undefined;
  }

  /** Why it takes long. */
  get problem(): string | undefined {
    return this.#preparation?.problem;
  }

  /** Goes on with it, and gives back the spec that is to take over now, if there is one. */
  async approach({ spec, problem }: Wanted, signal: AbortSignal): Promise<ServiceSpec | undefined> {
    const { record } = this.#options;
    const { spec: kept, rejected } = record.now;
    const isKept = isDeepStrictEqual(spec, kept);
    if (isKept && rejected !== undefined) record.save({ rejected: undefined });
    if (!isKept && problem === undefined && !isDeepStrictEqual(spec, rejected?.spec)) {
      if (kept === undefined || !runsAlike(spec, kept)) return await this.#prepare(spec, signal);
      await this.drop();
      return spec;
    }
    await this.drop();
    if (problem !== undefined && kept === undefined) record.enter('broken', { problem });
    return undefined;
  }

  async drop(): Promise<void> {
    await this.#preparation?.cancel();
    this.#preparation = undefined;
  }

  async #prepare(spec: ServiceSpec, signal: AbortSignal): Promise<ServiceSpec | undefined> {
    if (!isDeepStrictEqual(this.#preparation?.spec, spec)) {
      await this.drop();
      this.#preparation = new Preparation(spec, { ...this.#options, signal });
    }
    const { outcome, problem } = this.#preparation ?? {};
    const { record } = this.#options;
    if (outcome === undefined) {
      if (record.now.spec === undefined) record.enter('preparing', { problem });
      return undefined;
    }
    await this.drop();
    if (outcome === 'ready') return spec;
    this.#reject(spec, problem ?? '');
    return undefined;
  }

  #reject(spec: ServiceSpec, problem: string): void {
    const { record, log, onNews } = this.#options;
    log.warn('service.rejected', 'The service cannot be kept as it is wanted', { problem });
    record.save({ rejected: { spec, problem } });
    if (record.now.spec === undefined) record.enter('broken', { problem });
    else onNews();
  }
}

/** Whether what runs for one of them may go on for the other. */
export function runsAlike(one: ServiceSpec, other: ServiceSpec): boolean {
  return isDeepStrictEqual(programOf(one), programOf(other));
}

function programOf({ executor, filename, argv = [], archive: { sha256 } }: ServiceSpec): unknown {
  return { executor, filename, argv, sha256 };
}
