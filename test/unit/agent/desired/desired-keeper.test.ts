import { expect, test } from '@jest/globals';
import { DesiredKeeper } from '../../../../src/agent/desired/desired-keeper.ts';
import { taskState } from '../../../../src/agent/schedule/task-state.ts';
import { systemClock } from '../../../../src/lib/clock.ts';
import { AppError } from '../../../../src/lib/errors.ts';
import { silentLogger } from '../../../../src/lib/log.ts';
import { runLoops } from '../../../../src/lib/loops.ts';
import { Stopped } from '../../../../src/lib/stopped.ts';
import type { ServiceSpec, TaskSpec } from '../../../../src/protocol/schemas/desired.ts';
import type { ArchiveRef } from '../../../../src/protocol/schemas/job.ts';
import type { DesiredRecord, DesiredStore } from '../../../../src/store/agent/desired-store.ts';
import { useCleanup } from '../../../support/cleanup.ts';
import { sampleService } from '../../../support/sample-service.ts';
import { sampleTask } from '../../../support/sample-task.ts';
import { StandInUnits } from '../../../support/stand-in-units.ts';
import { waitFor } from '../../../support/wait-for.ts';

const onEnd = useCleanup();
const TASK = sampleTask({ everySeconds: 60 });
const SERVICE = sampleService();

class World implements DesiredStore {
  record: DesiredRecord | undefined;
  /** What the next save comes to. */
  failure: AppError | undefined;
  readonly ensured: string[] = [];
  readonly versions: (string | undefined)[] = [];
  readonly retained: string[][] = [];
  fetch = (): Promise<string> => Promise.resolve('path');
  readonly tasks = new StandInUnits<TaskSpec>();
  readonly services = new StandInUnits<ServiceSpec>();

  save(record: DesiredRecord): void {
    if (this.failure !== undefined) throw this.failure;
    this.record = record;
  }

  load(): DesiredRecord | undefined {
    return this.record;
  }

  open(): DesiredKeeper {
    const { tasks, services } = this;
    return new DesiredKeeper({
      ...{ store: this, tasks, services, clock: systemClock, random: () => 0.001, log: silentLogger },
      onVersion: (version) => this.versions.push(version),
      archives: {
        ensure: async ({ sha256 }: ArchiveRef) => {
          this.ensured.push(sha256);
          return await this.fetch();
        },
        retain: async (hashes) => await Promise.resolve(void this.retained.push([...hashes])),
      },
    });
  }
}

function runLoop(keeper: DesiredKeeper): void {
  const halt = new AbortController();
  const running = runLoops(halt.signal, { keeper: async (signal) => await keeper.loop(signal) });
  onEnd(async () => {
    halt.abort(new Stopped('shutdown'));
    await running;
  });
}

test('answers when the document is in the store, and only then', async () => {
  const world = new World();
  const keeper = world.open();
  const desired = { revision: 3, tasks: [TASK, { name: 'bad' }], services: [SERVICE] };
  world.failure = new AppError('STATE_UNWRITABLE', 'The disk is full', { retryable: true });
  await expect(keeper.take(desired)).rejects.toBe(world.failure);
  expect([keeper.revision, world.tasks.told]).toEqual([0, []]);
  world.failure = undefined;
  const problems: unknown[] = [{ name: 'bad', message: expect.stringContaining('The task is not valid') }];
  expect(await keeper.take(desired)).toEqual({ kind: 'applied', revision: 3, problems });
  expect(world.record).toEqual({ revision: 3, tasks: [TASK], services: [SERVICE], problems });
  expect([world.tasks.told, world.services.told]).toEqual([[[TASK]], [[SERVICE]]]);
});

test('after a restart all is kept as it was, without the server', () => {
  const world = new World();
  world.record = { revision: 3, tasks: [TASK], services: [SERVICE], problems: [] };
  expect(world.open().revision).toBe(3);
  expect([world.tasks.told, world.services.told]).toEqual([[[TASK]], [[SERVICE]]]);
});

test('without any document nobody is told to keep nothing', () => {
  const world = new World();
  world.open();
  expect([world.tasks.told, world.services.told]).toEqual([[], []]);
});

test('has each archive here, once, and no other', async () => {
  const world = new World();
  const keeper = world.open();
  runLoop(keeper);
  await keeper.take({ revision: 1, tasks: [TASK, { ...TASK, name: 'again' }], services: [SERVICE] });
  await waitFor(() => world.ensured.length === 2, { what: 'the archives' });
  const hashes = [TASK.archive.sha256, SERVICE.archive.sha256];
  expect([world.ensured, world.retained]).toEqual([hashes, [hashes]]);
  await keeper.take({ revision: 2, tasks: [], services: [] });
  await waitFor(() => world.retained.length === 2, { what: 'the removal' });
  expect(world.retained[1]).toEqual([]);
});

test('an archive that does not come is tried again, and its units say so', async () => {
  const world = new World();
  const keeper = world.open();
  const idle = taskState(TASK, undefined, 0);
  world.tasks.current = [idle];
  world.fetch = () =>
    Promise.reject(new AppError('SERVER_UNREACHABLE', 'Nobody answers', { retryable: true }));
  runLoop(keeper);
  await keeper.take({ revision: 1, tasks: [TASK], services: [] });
  await waitFor(() => world.ensured.length >= 3, { what: 'three tries' });
  expect(keeper.states()).toEqual([{ ...idle, problem: 'Its archive is not here: Nobody answers' }]);
  world.fetch = () => Promise.resolve('path');
  await waitFor(() => keeper.states()[0]?.problem === undefined, { what: 'the archive' });
});

test('what the server will not give is asked for again when it is back', async () => {
  const world = new World();
  const keeper = world.open();
  world.fetch = () => Promise.reject(new AppError('ARCHIVE_TOO_LARGE', 'Too large'));
  runLoop(keeper);
  await keeper.take({ revision: 1, tasks: [TASK], services: [] });
  await waitFor(() => world.ensured.length === 1, { what: 'the first try' });
  keeper.serverIsBack();
  await waitFor(() => world.ensured.length === 2, { what: 'the second try' });
});

test('a unit that was kept as it was says why', async () => {
  const world = new World();
  const keeper = world.open();
  const idle = taskState(TASK, undefined, 0);
  world.tasks.current = [idle];
  await keeper.take({ revision: 1, tasks: [TASK], services: [] });
  await keeper.take({ revision: 2, tasks: [{ ...TASK, argv: 5 }], services: [] });
  expect(keeper.states()[0]?.problem).toMatch(/^Kept as it was: The task is not valid: "argv"/);
});

test('tells when the server wants another version of the agent, and not when it says the same again', async () => {
  const world = new World();
  const keeper = world.open();
  const say = async (revision: number, agentVersion?: string): Promise<void> => {
    const version = agentVersion === undefined ? {} : { agentVersion };
    await keeper.take({ revision, ...version, tasks: [], services: [] });
  };
  await say(1, '1.1.0');
  await say(2, '1.1.0');
  await say(3);
  expect(world.versions).toEqual(['1.1.0', undefined]);
  expect(world.open().agentVersion).toBeUndefined();
});
