import { Backoff } from '../../lib/backoff.ts';
import type { Clock } from '../../lib/clock.ts';
import { describeError, isAppError } from '../../lib/errors.ts';
import type { Logger } from '../../lib/log.ts';
import { Serial } from '../../lib/serial.ts';
import { sleepOrRing } from '../../lib/sleep-or-ring.ts';
import { Wakeup } from '../../lib/wakeup.ts';
import type { UnitState } from '../../protocol/schemas/desired.ts';
import type { AppliedFrame, DesiredFrame } from '../../protocol/schemas/frames.ts';
import type { ArchiveRef } from '../../protocol/schemas/job.ts';
import type { DesiredRecord, DesiredStore } from '../../store/agent/desired-store.ts';
import { checkUnits } from './check-units.ts';
import type { KeptArchives } from './kept-archives.ts';
import type { ServiceUnits, TaskUnits } from './units.ts';

export interface DesiredKeeperOptions {
  readonly store: DesiredStore;
  readonly archives: Pick<KeptArchives, 'ensure' | 'retain'>;
  readonly tasks: TaskUnits;
  readonly services: ServiceUnits;
  /** The server wants another version of the agent than before. */
  readonly onVersion: (version: string | undefined) => void;
  readonly clock: Clock;
  /** A number in [0, 1). */
  readonly random: () => number;
  readonly log: Logger;
}

const FETCH_WAIT = { baseMs: 1000, capMs: 5 * 60_000 };

/**
 * What the server wants this endpoint to keep: checks the document, remembers it, has the archives here before they are
 * needed, and tells scheduler and supervisor to look again. Without a document of any server they are told nothing.
 */
export class DesiredKeeper {
  readonly #options: DesiredKeeperOptions;
  readonly #bell = new Wakeup();
  readonly #backoff: Backoff;
  /** Of two documents the later one is applied later. */
  readonly #taking = new Serial();
  /** Why an archive is not here, by its hash. */
  readonly #missing = new Map<string, string>();
  #record: DesiredRecord | undefined;

  constructor(options: DesiredKeeperOptions) {
    this.#options = options;
    this.#backoff = new Backoff({ ...FETCH_WAIT, clock: options.clock, random: options.random });
    this.#record = options.store.load();
    this.#tellUnits();
  }

  /** Of the document in the store; 0 when there is none. */
  get revision(): number {
    return this.#record?.revision ?? 0;
  }

  /** That this endpoint is to run; undefined when the server does not mind. */
  get agentVersion(): string | undefined {
    return this.#record?.agentVersion;
  }

  /**
   * When it resolves, the document is in the store, and survives a power cut.
   * @throws AppError STATE_UNWRITABLE; then all stays as it was
   */
  async take(desired: DesiredFrame['desired']): Promise<AppliedFrame> {
    return await this.#taking.run(async () => {
      const before = this.#record;
      const record = await checkUnits(desired, before);
      this.#options.store.save(record);
      this.#record = record;
      if (record.agentVersion !== before?.agentVersion) this.#options.onVersion(record.agentVersion);
      this.#log(record);
      this.#tellUnits();
      this.#bell.ring();
      return { kind: 'applied', revision: record.revision, problems: [...record.problems] };
    });
  }

  states(): UnitState[] {
    const { tasks, services } = this.#options;
    return [...tasks.states(), ...services.states()].map((state) => this.withProblem(state));
  }

  /** A unit's own trouble goes before what is wrong with its document or archive. */
  withProblem(state: UnitState): UnitState {
    if (state.problem !== undefined) return state;
    const invalid = this.#record?.problems.find(({ name }) => name === state.name);
    const problem =
      invalid === undefined ? this.#missing.get(state.archive) : `Kept as it was: ${invalid.message}`;
    return problem === undefined ? state : { ...state, problem };
  }

  /** Archives that could not be fetched are tried at once. */
  serverIsBack(): void {
    this.#bell.ring();
  }

  async loop(signal: AbortSignal): Promise<void> {
    const { clock } = this.#options;
    for (;;) {
      if (await this.#haveArchives(signal)) {
        this.#backoff.reset();
        await this.#bell.wait(signal);
      } else {
        await sleepOrRing(this.#backoff.next(), { clock, bell: this.#bell, signal });
      }
    }
  }

  /** False when it is worth another try. */
  async #haveArchives(signal: AbortSignal): Promise<boolean> {
    const record = this.#record;
    if (record === undefined) return true;
    const refs = archivesOf(record);
    let isWorthRetry = !(await this.#removeOthers(refs));
    for (const ref of refs.values()) {
      if (this.#record !== record) return await this.#haveArchives(signal);
      isWorthRetry = (await this.#haveArchive(ref, signal)) || isWorthRetry;
    }
    return !isWorthRetry;
  }

  async #removeOthers(refs: ReadonlyMap<string, ArchiveRef>): Promise<boolean> {
    try {
      await this.#options.archives.retain(new Set(refs.keys()));
      return true;
    } catch (error) {
      this.#options.log.warn('desired.archive-left', 'An archive that nobody needs cannot be removed', {
        err: error,
      });
      return false;
    }
  }

  /** True when it is worth another try. */
  async #haveArchive(ref: ArchiveRef, signal: AbortSignal): Promise<boolean> {
    try {
      await this.#options.archives.ensure(ref, signal);
      this.#missing.delete(ref.sha256);
      return false;
    } catch (error) {
      signal.throwIfAborted();
      this.#options.log.debug('desired.archive-missing', 'An archive cannot be fetched yet', {
        ...ref,
        err: error,
      });
      this.#missing.set(ref.sha256, `Its archive is not here: ${describeError(error)}`);
      return isAppError(error) && error.retryable;
    }
  }

  #tellUnits(): void {
    if (this.#record === undefined) return;
    const { tasks, services } = this.#options;
    tasks.desiredChanged(this.#record.tasks);
    services.desiredChanged(this.#record.services);
  }

  #log({ revision, tasks, services, problems }: DesiredRecord): void {
    const { log } = this.#options;
    const counts = { revision, tasks: tasks.length, services: services.length };
    log.info('desired.taken', 'The server said what this endpoint is to keep', counts);
    for (const problem of problems)
      log.warn('desired.unit-rejected', 'A task or service cannot be kept as the server wants it', {
        ...problem,
      });
  }
}

/** Each once, by its hash. */
function archivesOf({ tasks, services }: DesiredRecord): Map<string, ArchiveRef> {
  return new Map([...tasks, ...services].map(({ archive }) => [archive.sha256, archive]));
}
