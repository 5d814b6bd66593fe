import { expect, test } from '@jest/globals';
import { KeptRecord, newRecord } from '../../../../src/agent/services/kept-record.ts';
import { silentLogger } from '../../../../src/lib/log.ts';
import type { ServiceRecord } from '../../../../src/store/agent/service-store.ts';
import { MemoryServiceStore } from '../../../support/memory-service-store.ts';
import { sampleService } from '../../../support/sample-service.ts';
import { SettableClock } from '../../../support/settable-clock.ts';

interface World {
  readonly kept: KeptRecord;
  readonly store: MemoryServiceStore;
  readonly clock: SettableClock;
  /** How often people were told that there is something to see. */
  readonly told: () => number;
}

function makeWorld(more: Partial<ServiceRecord> = {}): World {
  const store = new MemoryServiceStore();
  const clock = new SettableClock(1_000);
  let told = 0;
  const record = { ...newRecord('web', 1_000), ...more };
  const kept = new KeptRecord(record, { store, clock, log: silentLogger, onChange: () => (told += 1) });
  return { ...{ kept, store, clock }, told: () => told };
}

test('what is changed is in the store, and what becomes undefined is in it no more', () => {
  const { kept, store } = makeWorld({ spec: sampleService(), problem: 'ill' });
  kept.save({ problem: undefined, restarts: 3 });
  expect(store.load()).toEqual([{ ...newRecord('web', 1_000), spec: sampleService(), restarts: 3 }]);
  expect(kept.now).toEqual(store.load()[0]);
});

test('what cannot be stored has not changed', () => {
  const { kept, store, told } = makeWorld();
  store.failure = new Error('the disk is full');
  expect(() => kept.enter('starting')).toThrow('the disk is full');
  expect([kept.now.state, told()]).toEqual(['preparing', 0]);
});

test('another state begins now, and is told', () => {
  const { kept, clock, told } = makeWorld();
  clock.advance(500);
  kept.enter('parked', { problem: 'too often' });
  expect(kept.now).toMatchObject({ state: 'parked', since: 1_500, problem: 'too often' });
  expect(told()).toBe(1);
});

test('another problem or process is told, though the state began long ago', () => {
  const { kept, clock, told } = makeWorld({ state: 'running', problem: 'old' });
  clock.advance(500);
  kept.enter('running', { problem: 'new' });
  kept.enter('running', { problem: 'new', run: { runID: 'a', startedAt: 1, pid: 5 } });
  expect(kept.now).toMatchObject({ since: 1_000, problem: 'new', run: { pid: 5 } });
  expect(told()).toBe(2);
});

test('entering the state it is in, with nothing new, writes and tells nothing', () => {
  const { kept, store, told } = makeWorld({ state: 'waiting', problem: 'Waits for "db"' });
  kept.enter('waiting', { problem: 'Waits for "db"' });
  expect([store.load(), told()]).toEqual([[], 0]);
});

test('what people do not see is stored without telling', () => {
  const { kept, store, told } = makeWorld({ state: 'running' });
  kept.enter('running', { good: sampleService() });
  expect([store.load()[0]?.good, told()]).toEqual([sampleService(), 0]);
});

test('a removed one begins anew, and is out of the store', () => {
  const { kept, store, clock } = makeWorld({ state: 'running', restarts: 8 });
  kept.save({});
  clock.advance(1);
  kept.remove();
  expect([kept.now, store.load()]).toEqual([newRecord('web', 1_001), []]);
});
