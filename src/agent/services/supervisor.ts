import { existsSync, readdirSync } from 'node:fs';
import { Wakeup } from '../../lib/wakeup.ts';
import type { ServiceSpec, UnitState } from '../../protocol/schemas/desired.ts';
import { serviceProblems } from '../../protocol/unit-problems.ts';
import type { ServiceRecord } from '../../store/agent/service-store.ts';
import type { ServiceUnits } from '../desired/units.ts';
import { newRecord } from './kept-record.ts';
import { ServiceKeeper, type Peers } from './service-keeper.ts';
import type { ServiceDeps, ServiceTiming } from './service-options.ts';

export const DEFAULT_SERVICE_TIMING: ServiceTiming = {
  backoffBaseMs: 1_000,
  backoffCapMs: 60_000,
  soundRunMs: 60_000,
  livenessMs: 60_000,
  startupProbeMs: 1_000,
};

/** Has a keeper for each service that is wanted, or is still here. It stops none when it ends itself. */
export class ServiceSupervisor implements ServiceUnits {
  readonly #deps: ServiceDeps;
  readonly #keepers = new Map<string, ServiceKeeper>();
  readonly #bell = new Wakeup();
  readonly #listeners: ((state: UnitState) => void)[] = [];
  readonly #goneListeners: (() => void)[] = [];
  /** Undefined until somebody has said what is wanted: until then all stays as it is. */
  #wanted: readonly ServiceSpec[] | undefined;
  /** Asked for, and not handed on yet. */
  readonly #restarts = new Set<string>();
  #running = new Map<string, Promise<void>>();

  constructor(deps: ServiceDeps) {
    this.#deps = { ...deps, log: deps.log.child({ module: 'services' }) };
  }

  desiredChanged(specs: readonly ServiceSpec[]): void {
    this.#wanted = specs;
    this.#bell.ring();
  }

  /** One that is not here is nobody's to start. */
  restart(name: string): void {
    this.#restarts.add(name);
    this.#bell.ring();
  }

  states(): UnitState[] {
    return [...this.#keepers.values()].map((keeper) => keeper.state()).filter((state) => state !== undefined);
  }

  onChange(listener: (state: UnitState) => void): void {
    this.#listeners.push(listener);
  }

  /** Calls `listener` when nothing is left of one that was not wanted any more. */
  onGone(listener: () => void): void {
    this.#goneListeners.push(listener);
  }

  /** Until `signal`; from then on services go on by themselves, and the next agent takes them over. */
  async loop(signal: AbortSignal): Promise<void> {
    try {
      for (let hasLooked = false; ;) {
        await this.#bell.wait(signal);
        if (this.#wanted === undefined) continue;
        if (!hasLooked) this.#meetThoseHere();
        hasLooked = true;
        this.#pass(this.#wanted, signal);
      }
    } finally {
      await Promise.allSettled(this.#running.values());
    }
  }

  /** Those on record, and those of which only a folder is left. */
  #meetThoseHere(): void {
    const { store, servicesDir } = this.#deps;
    for (const record of store.load()) this.#meet(record);
    for (const name of existsSync(servicesDir) ? readdirSync(servicesDir) : []) this.#meetNew(name);
  }

  #meetNew(name: string): void {
    if (!this.#keepers.has(name)) this.#meet(newRecord(name, this.#deps.clock.now()));
  }

  #meet(record: ServiceRecord): void {
    const { name } = record;
    const onChange = (): void => this.#tell(name);
    this.#keepers.set(name, new ServiceKeeper(record, { ...this.#deps, peers: this.#peers, onChange }));
  }

  /** Tells each keeper what is wanted of it, and sees that it is at work. */
  #pass(wanted: readonly ServiceSpec[], signal: AbortSignal): void {
    for (const { name } of wanted) this.#meetNew(name);
    const specs = new Map(wanted.map((spec) => [spec.name, spec]));
    const problems = new Map(serviceProblems(wanted).map(({ name, message }) => [name, message]));
    for (const [name, keeper] of this.#keepers) {
      const spec = specs.get(name);
      keeper.want(spec === undefined ? undefined : { spec, problem: problems.get(name) });
    }
    for (const [name, keeper] of this.#keepers)
      if (!this.#running.has(name)) this.#running.set(name, this.#keep(name, { keeper, signal }));
    for (const name of this.#restarts) this.#keepers.get(name)?.restart();
    this.#restarts.clear();
  }

  async #keep(
    name: string,
    { keeper, signal }: { keeper: ServiceKeeper; signal: AbortSignal },
  ): Promise<void> {
    try {
      await keeper.keep(signal);
    } catch (error) {
      if (!signal.aborted) throw error;
      return;
    }
    this.#running.delete(name);
    this.#keepers.delete(name);
    for (const listener of this.#goneListeners) listener();
    this.#wakeAll();
    this.#bell.ring(); // it may have been wanted again at the last moment
  }

  /** What keepers know of each other. */
  get #peers(): Peers {
    return {
      isHealthy: (name) => this.#keepers.get(name)?.isHealthy === true,
      isLeanedOn: (name) => [...this.#keepers.values()].some((keeper) => keeper.leansOn(name)),
    };
  }

  #tell(name: string): void {
    const state = this.#keepers.get(name)?.state();
    if (state !== undefined) for (const listener of this.#listeners) listener(state);
    this.#wakeAll();
  }

  #wakeAll(): void {
    for (const keeper of this.#keepers.values()) keeper.wake();
  }
}
