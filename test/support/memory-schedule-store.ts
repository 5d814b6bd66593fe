import type { ScheduleStore, TaskRecord } from '../../src/store/agent/schedule-store.ts';

/** Schedules for tests of those who keep them. It lasts as long as the object does. */
export class MemoryScheduleStore implements ScheduleStore {
  readonly #records = new Map<string, TaskRecord>();

  load(): TaskRecord[] {
    return [...this.#records.values()];
  }

  save(records: readonly TaskRecord[]): void {
    for (const record of records) this.#records.set(record.task, record);
  }

  remove(tasks: readonly string[]): void {
    for (const task of tasks) this.#records.delete(task);
  }
}
