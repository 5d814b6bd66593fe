import { describe, expect, test } from '@jest/globals';
import { AppError } from '../../../../src/lib/errors.ts';
import type { UnitState } from '../../../../src/protocol/schemas/desired.ts';
import type { TaskOrigin } from '../../../../src/protocol/schemas/job.ts';
import { useCleanup } from '../../../support/cleanup.ts';
import {
  endJob,
  makeSchedulerWorld,
  runScheduler,
  type SchedulerWorld,
} from '../../../support/running-scheduler.ts';
import { sampleTask } from '../../../support/sample-task.ts';
import { VirtualClock } from '../../../support/virtual-clock.ts';

const SECOND = 1000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

const onEnd = useCleanup();

function worldAt(now = '2026-11-23T08:00:00Z'): SchedulerWorld {
  return makeSchedulerWorld(new VirtualClock(now));
}

function latestJob({ journal }: SchedulerWorld): string {
  return journal.recent(1)[0]?.jobID ?? '';
}

test('a run is a job in the journal that says which task it is of, and which due time', async () => {
  const world = worldAt();
  const task = sampleTask({ cron: '30 8 * * *', timeZone: 'UTC' }, { argv: ['-v'], timeoutSeconds: 60 });
  await runScheduler(onEnd, world, { tasks: [task] });
  await world.clock.advance(HOUR);
  expect(world.journal.recent(10).map(({ assignment }) => assignment)).toEqual([
    {
      jobID: expect.stringMatching(/^[0-9a-f]{8}-[0-9a-f]{4}-8[0-9a-f]{3}-a[0-9a-f]{3}-[0-9a-f]{12}$/),
      executor: 'bash',
      filename: 'cleanup.sh',
      argv: ['-v'],
      archive: task.archive,
      description: 'Task "cleanup"',
      timeCreated: expect.stringMatching(/^1795422600/),
      origin: { task: 'cleanup', dueAt: Date.parse('2026-11-23T08:30:00Z') / 1000, attempt: 1 },
      timeoutSeconds: 60,
    },
  ]);
});

describe('the clock', () => {
  test('an interval keeps its cadence when the clock is set back by an hour', async () => {
    const world = worldAt();
    await runScheduler(onEnd, world, { tasks: [sampleTask({ everySeconds: 900 })] });
    await world.clock.advance(20 * MINUTE);
    world.clock.jump(-HOUR);
    await world.clock.advance(30 * MINUTE);
    expect(world.started).toEqual(['2026-11-23T08:15:00', '2026-11-23T07:30:00', '2026-11-23T07:45:00']);
  });

  test.each([
    ['skip', 0],
    ['run-once', 1],
  ] as const)('set forward by a year, missed runs with "%s" come to %i', async (missed, runs) => {
    const world = worldAt();
    const tasks = [
      sampleTask({ everySeconds: 900, missed }, { name: 'interval' }),
      sampleTask({ cron: '*/15 * * * *', missed }, { name: 'cron' }),
    ];
    await runScheduler(onEnd, world, { tasks });
    world.clock.jump(365 * DAY + 5 * MINUTE);
    await world.clock.advance(15 * MINUTE + SECOND);
    expect(world.started).toHaveLength(2 * runs);
    await world.clock.advance(HOUR);
    expect(world.started).toHaveLength(2 * runs + 8);
  });

  test.each([
    ['skip', []],
    ['run-once', ['2026-11-23T16:15:00']],
  ] as const)('eight hours of sleep and "%s" make no burst', async (missed, made) => {
    const world = worldAt();
    const tasks = [sampleTask({ cron: '30 * * * *', missed })];
    const { scheduler } = await runScheduler(onEnd, world, { tasks });
    await world.clock.advance(15 * MINUTE);
    world.clock.jump(8 * HOUR);
    scheduler.wake();
    await world.clock.advance(30 * MINUTE);
    expect(world.started).toEqual([...made, '2026-11-23T16:30:00']);
  });

  test('set back by an hour, a time of day is not repeated and a recurring one goes on', async () => {
    const world = worldAt();
    const tasks = [
      sampleTask({ cron: '30 8 * * *', timeZone: 'UTC' }, { name: 'daily' }),
      sampleTask({ cron: '*/20 * * * *' }, { name: 'often' }),
    ];
    await runScheduler(onEnd, world, { tasks });
    await world.clock.advance(50 * MINUTE);
    expect(world.started.splice(0)).toHaveLength(3);
    world.clock.jump(-HOUR);
    await world.clock.advance(50 * MINUTE);
    expect(world.started).toEqual(['2026-11-23T08:00:00', '2026-11-23T08:20:00', '2026-11-23T08:40:00']);
  });

  test('set right again after it was a year ahead, schedules do not wait for that year', async () => {
    const world = worldAt('2027-11-23T08:00:00Z');
    const tasks = [
      sampleTask({ cron: '30 8 * * *', timeZone: 'UTC' }, { name: 'daily' }),
      sampleTask({ everySeconds: 3600 }, { name: 'hourly' }),
    ];
    const { stop } = await runScheduler(onEnd, world, { tasks });
    await stop();
    world.clock.jump(-365 * DAY);
    await runScheduler(onEnd, world, { tasks });
    await world.clock.advance(HOUR);
    expect(world.started).toEqual(['2026-11-23T08:30:00', '2026-11-23T09:00:00']);
  });

  test.each([
    ['spring', '2026-03-29T00:00:00Z', ['2026-03-29T01:00:00', '2026-03-30T00:30:00']],
    ['autumn', '2026-10-25T00:00:00Z', ['2026-10-25T00:30:00', '2026-10-26T01:30:00']],
  ])('a time of day runs once on the day of the change in %s', async (_, begin, expected) => {
    const world = worldAt(begin);
    const tasks = [sampleTask({ cron: '30 2 * * *', timeZone: 'Europe/Berlin' })];
    await runScheduler(onEnd, world, { tasks });
    await world.clock.advance(30 * HOUR);
    expect(world.started).toEqual(expected);
  });

  test('nothing ticks: a thousand tasks of one hour sleep until it is over', async () => {
    const world = worldAt('2026-11-23T08:00:01Z');
    const tasks = Array.from({ length: 1000 }, (_, index) =>
      sampleTask({ cron: '0 * * * *' }, { name: `task-${index}` }),
    );
    await runScheduler(onEnd, world, { tasks });
    world.clock.sleeps = 0;
    await world.clock.advance(59 * MINUTE);
    expect(world.clock.sleeps).toBeLessThanOrEqual(4);
    await world.clock.advance(MINUTE);
    expect(world.started).toHaveLength(1000);
  });
});

describe('crashes', () => {
  test('between the journal and the record, a run is not doubled', async () => {
    const world = worldAt();
    const tasks = [sampleTask({ cron: '30 8 * * *', timeZone: 'UTC' })];
    const crash = (): never => {
      throw new AppError('STATE_UNWRITABLE', 'The disk is full', { retryable: true });
    };
    const store = Object.assign(Object.create(world.store) as typeof world.store, {
      load: () => world.store.load(),
      save: (records: Parameters<typeof world.store.save>[0]) =>
        world.started.length > 0 ? crash() : world.store.save(records),
    });
    const { stop } = await runScheduler(onEnd, world, { tasks, store });
    await world.clock.advance(30 * MINUTE);
    await stop();
    world.clock.jump(10 * MINUTE);
    const { scheduler } = await runScheduler(onEnd, world, { tasks });
    await world.clock.advance(HOUR);
    expect(world.started).toEqual(['2026-11-23T08:30:00']);
    expect(scheduler.states()).toMatchObject([{ state: 'idle', lastOutcome: 'succeeded' }]);
  });

  test('what cannot be written is tried again, and the agent goes on', async () => {
    const world = worldAt();
    let failures = 3;
    const accept = world.journal.accept.bind(world.journal);
    world.journal.accept = (assignments) => {
      if (failures-- > 0) throw new AppError('STATE_UNWRITABLE', 'The disk is full', { retryable: true });
      return accept(assignments);
    };
    await runScheduler(onEnd, world, { tasks: [sampleTask({ everySeconds: 1800 })] });
    await world.clock.advance(31 * MINUTE);
    expect(world.started).toHaveLength(1);
  });

  test('a short absence is no reason to skip', async () => {
    const world = worldAt();
    const tasks = [sampleTask({ cron: '30 8 * * *', timeZone: 'UTC' })];
    const { stop } = await runScheduler(onEnd, world, { tasks });
    await stop();
    world.clock.jump(30 * MINUTE + 20 * SECOND);
    await runScheduler(onEnd, world, { tasks });
    await world.clock.settled();
    expect(world.started).toEqual(['2026-11-23T08:30:20']);
  });
});

describe('while the last run is going', () => {
  test.each([
    ['skip', 1, 0],
    ['queue', 2, 0],
    ['replace', 2, 2],
  ] as const)('"%s": %i runs, and asked to end %i times', async (overlap, runs, canceled) => {
    const world = worldAt();
    world.outcome = undefined;
    const { scheduler } = await runScheduler(onEnd, world, {
      tasks: [sampleTask({ everySeconds: 600, overlap })],
    });
    await world.clock.advance(35 * MINUTE);
    expect(world.started).toHaveLength(1);
    expect(world.canceled).toHaveLength(canceled);
    endJob(world, latestJob(world), 'succeeded');
    scheduler.wake();
    await world.clock.settled();
    expect(world.started).toHaveLength(runs);
  });
});

describe('retries', () => {
  test('come later and later, and end at the limit', async () => {
    const world = worldAt('2026-11-23T07:59:00Z');
    world.outcome = 'failed';
    const schedule = { cron: '0 8 * * *', timeZone: 'UTC', retries: { limit: 2, backoffSeconds: 60 } };
    await runScheduler(onEnd, world, { tasks: [sampleTask(schedule)] });
    await world.clock.advance(2 * HOUR);
    expect(world.started).toEqual(['2026-11-23T08:00:00', '2026-11-23T08:01:00', '2026-11-23T08:03:00']);
    const origins = world.journal.recent(9).map(({ assignment: { origin } }) => origin as TaskOrigin);
    expect(origins.map(({ attempt }) => attempt)).toEqual([3, 2, 1]);
  });

  test('what somebody canceled is not retried', async () => {
    const world = worldAt();
    world.outcome = 'canceled';
    const schedule = { everySeconds: 600, retries: { limit: 5, backoffSeconds: 60 } };
    await runScheduler(onEnd, world, { tasks: [sampleTask(schedule)] });
    await world.clock.advance(15 * MINUTE);
    expect(world.started).toHaveLength(1);
  });

  test('wait out a restart of the agent', async () => {
    const world = worldAt();
    world.outcome = 'failed';
    const tasks = [sampleTask({ everySeconds: 3600, retries: { limit: 1, backoffSeconds: 600 } })];
    const { stop } = await runScheduler(onEnd, world, { tasks });
    await world.clock.advance(HOUR + MINUTE);
    await stop();
    await runScheduler(onEnd, world, { tasks });
    await world.clock.advance(10 * MINUTE);
    expect(world.started).toEqual(['2026-11-23T09:00:00', '2026-11-23T09:10:00']);
  });
});

describe('a new document', () => {
  test('with another archive changes what runs, and not when', async () => {
    const world = worldAt();
    const { scheduler } = await runScheduler(onEnd, world, { tasks: [sampleTask({ everySeconds: 900 })] });
    await world.clock.advance(10 * MINUTE);
    const archive = { sha256: 'b'.repeat(64), size: 7 };
    scheduler.desiredChanged([sampleTask({ everySeconds: 900 }, { archive })]);
    await world.clock.advance(6 * MINUTE);
    expect(world.started).toEqual(['2026-11-23T08:15:00']);
    expect(world.journal.recent(1)[0]?.assignment.archive).toEqual(archive);
  });

  test('with another rule begins anew', async () => {
    const world = worldAt();
    const { scheduler } = await runScheduler(onEnd, world, { tasks: [sampleTask({ everySeconds: 900 })] });
    await world.clock.advance(10 * MINUTE);
    scheduler.desiredChanged([sampleTask({ everySeconds: 300 })]);
    await world.clock.advance(6 * MINUTE);
    expect(world.started).toEqual(['2026-11-23T08:15:00']);
    expect(world.store.load()).toMatchObject([{ nextDue: Date.parse('2026-11-23T08:20:00Z') }]);
  });

  test('without a task ends its run and forgets it', async () => {
    const world = worldAt();
    world.outcome = undefined;
    const { scheduler } = await runScheduler(onEnd, world, { tasks: [sampleTask({ everySeconds: 900 })] });
    await world.clock.advance(16 * MINUTE);
    scheduler.desiredChanged([]);
    await world.clock.advance(HOUR);
    expect(world.canceled).toEqual([latestJob(world)]);
    expect(world.started).toHaveLength(1);
    expect([world.store.load(), scheduler.states()]).toEqual([[], []]);
  });

  test('with a task that cannot be: it is broken, says why, and holds up no other', async () => {
    const world = worldAt();
    const tasks = [
      sampleTask({ cron: '0 8 * * *', timeZone: 'Mars/Olympus' }, { name: 'bad' }),
      sampleTask({ everySeconds: 900 }, { name: 'good' }),
    ];
    const { scheduler } = await runScheduler(onEnd, world, { tasks });
    await world.clock.advance(16 * MINUTE);
    expect(world.started).toHaveLength(1);
    expect(scheduler.states()).toMatchObject([
      { name: 'bad', state: 'broken', problem: expect.stringContaining('"Mars/Olympus"') },
      { name: 'good', state: 'idle' },
    ]);
  });
});

test('a single time runs once, and not when it was past before this endpoint learned of it', async () => {
  const world = worldAt();
  const tasks = [
    sampleTask({ at: '2026-11-23T08:30:00Z' }, { name: 'to-come' }),
    sampleTask({ at: '2026-11-22T08:30:00Z' }, { name: 'past' }),
  ];
  const { scheduler, stop } = await runScheduler(onEnd, world, { tasks });
  await world.clock.advance(HOUR);
  await stop();
  await runScheduler(onEnd, world, { tasks });
  await world.clock.advance(DAY);
  expect(world.started).toEqual(['2026-11-23T08:30:00']);
  const [toCome, past] = scheduler.states();
  expect(toCome).toMatchObject({ lastOutcome: 'succeeded' });
  expect(toCome).not.toHaveProperty('nextRun');
  expect(past?.problem).toContain('missed runs are skipped');
});

test('tells when a run begins and when it ends', async () => {
  const world = worldAt();
  world.outcome = undefined;
  const { scheduler } = await runScheduler(onEnd, world, { tasks: [sampleTask({ everySeconds: 900 })] });
  const heard: UnitState[] = [];
  scheduler.onChange((state) => heard.push(state));
  await world.clock.advance(16 * MINUTE);
  endJob(world, latestJob(world), 'failed');
  scheduler.wake();
  await world.clock.settled();
  expect(heard.map(({ state, lastOutcome }) => [state, lastOutcome])).toEqual([
    ['running', undefined],
    ['idle', 'failed'],
  ]);
});
