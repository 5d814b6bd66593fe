import type { Clock } from '../../lib/clock.ts';
import type { Logger } from '../../lib/log.ts';
import type { ServiceRecord, ServiceState, ServiceStore } from '../../store/agent/service-store.ts';

export interface KeptRecordOptions {
  readonly store: ServiceStore;
  readonly clock: Pick<Clock, 'now'>;
  readonly log: Logger;
  /** Called when people would see a difference. */
  readonly onChange: () => void;
}

/** A field that is undefined here is absent afterwards. */
export type RecordChange = { readonly [Field in keyof ServiceRecord]?: ServiceRecord[Field] | undefined };

/** What is known of one service, in the store before anybody acts on it. */
export class KeptRecord {
  readonly #options: KeptRecordOptions;
  #now: ServiceRecord;

  constructor(record: ServiceRecord, options: KeptRecordOptions) {
    this.#now = record;
    this.#options = options;
  }

  get now(): ServiceRecord {
    return this.#now;
  }

  /** @throws AppError STATE_UNWRITABLE; then nothing has changed */
  save(change: RecordChange): void {
    const next = Object.fromEntries(
      Object.entries({ ...this.#now, ...change }).filter(([, value]) => value !== undefined),
    ) as unknown as ServiceRecord;
    this.#options.store.save(next);
    this.#now = next;
  }

  /** Puts the service in a state; one that it is in already is left alone. @throws AppError STATE_UNWRITABLE */
  enter(state: ServiceState, { problem, ...more }: RecordChange = {}): void {
    const { state: before, problem: problemBefore, run: runBefore } = this.#now;
    const { run = runBefore } = more;
    const isSame = state === before && problem === problemBefore && run?.pid === runBefore?.pid;
    if (isSame && Object.keys(more).length === 0) return;
    this.save({
      ...more,
      problem,
      state,
      ...(state === before ? {} : { since: this.#options.clock.now() }),
    });
    if (isSame) return;
    const level = problem === undefined ? 'info' : 'warn';
    this.#options.log[level]('service.state', 'The service is in another state', { state, problem });
    this.#options.onChange();
  }

  /** Forgets all of it. @throws AppError STATE_UNWRITABLE */
  remove(): void {
    const { name } = this.#now;
    this.#options.store.remove(name);
    this.#now = newRecord(name, this.#options.clock.now());
  }
}

/** Of a service that is new here. */
export function newRecord(name: string, nowMs: number): ServiceRecord {
  return { name, state: 'preparing', since: nowMs, restartTimes: [], restarts: 0, failedStarts: 0 };
}
