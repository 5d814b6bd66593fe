import type { ServiceRecord, ServiceStore } from '../../src/store/agent/service-store.ts';

/** Records of services for tests of those who keep them. It lasts as long as the object does. */
export class MemoryServiceStore implements ServiceStore {
  readonly #records = new Map<string, ServiceRecord>();
  /** What the next `save` throws, once. */
  failure: Error | undefined;

  load(): ServiceRecord[] {
    return [...this.#records.values()];
  }

  save(record: ServiceRecord): void {
    const { failure } = this;
    this.failure = undefined;
    if (failure !== undefined) throw failure;
    this.#records.set(record.name, record);
  }

  remove(name: string): void {
    this.#records.delete(name);
  }
}
