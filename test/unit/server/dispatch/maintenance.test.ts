import { beforeEach, describe, expect, test } from '@jest/globals';
import { silentLogger, type Logger } from '../../../../src/lib/log.ts';
import { maintain, startMaintenance } from '../../../../src/server/dispatch/maintenance.ts';
import { useCleanup } from '../../../support/cleanup.ts';
import { NOON, jobRecord, openTestStore } from '../../../support/server-records.ts';
import { SettableClock } from '../../../support/settable-clock.ts';

const DAY_MS = 86_400_000;

describe('maintain', () => {
  const onEnd = useCleanup();
  const clock = new SettableClock(NOON);
  let lines: string[];
  let log: Logger;

  beforeEach(() => {
    lines = [];
    const note = (evt: string): number => lines.push(evt);
    log = { ...silentLogger, info: note, error: note };
  });

  test('removes results older than the retention, keeps the rest, and does the chores', async () => {
    const { jobs } = openTestStore(onEnd);
    for (const [jobID, age] of [
      ['old', 91],
      ['young', 89],
    ] as const) {
      await jobs.add(jobRecord({ jobID }));
      await jobs.finish(jobID, { outcome: 'succeeded', reported: {} }, NOON - age * DAY_MS);
    }
    await jobs.add(jobRecord({ jobID: 'unfinished', createdAt: 0 }));
    let done = 0;
    const chore = (): Promise<void> => Promise.resolve(void (done += 1));
    await maintain({ jobs, chores: [chore, chore], clock, log, retentionDays: 90 });
    expect((await jobs.list({})).map(({ jobID }) => jobID).sort()).toEqual(['unfinished', 'young']);
    expect({ done, lines }).toEqual({ done: 2, lines: ['history.pruned'] });
  });

  test('survives a failure: the next day comes', async () => {
    const jobs = { prune: () => Promise.reject(new Error('disk full')) };
    await maintain({ jobs, chores: [], clock, log, retentionDays: 90 });
    expect(lines).toEqual(['maintenance.failed']);
  });

  test('keeps no process alive while it waits', () => {
    const active = (): number => process.getActiveResourcesInfo().filter((name) => name === 'Timeout').length;
    const before = active();
    const stop = startMaintenance({
      jobs: { prune: () => Promise.resolve(0) },
      chores: [],
      clock,
      log,
      retentionDays: 90,
    });
    expect(active()).toBe(before);
    stop();
  });
});
