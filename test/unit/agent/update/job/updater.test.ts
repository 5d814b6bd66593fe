import { expect, test } from '@jest/globals';
import { updateAssignment } from '../../../../../src/agent/update/job/update-job.ts';
import { proven, switched, turnedBack } from '../../../../../src/agent/update/switch/switch-state.ts';
import { systemClock } from '../../../../../src/lib/clock.ts';
import { AppError } from '../../../../../src/lib/errors.ts';
import { silentLogger } from '../../../../../src/lib/log.ts';
import type { Job, JobPhase } from '../../../../../src/store/agent/job-journal.ts';
import { openAgentStore } from '../../../../../src/store/agent/open-agent-store.ts';
import { useCleanup } from '../../../../support/cleanup.ts';
import { jobWhen, UpdatingWorld } from '../../../../support/updating-world.ts';
import { VirtualClock } from '../../../../support/virtual-clock.ts';
import { waitFor } from '../../../../support/wait-for.ts';

const onEnd = useCleanup();
const ORIGIN = { updateTo: '1.1.0', updateFrom: '1.0.0' };
const hasExited = ({ phase }: Job): boolean => phase === 'exited';
const isRunning = ({ phase }: Job): boolean => phase === 'running';

test('another version that the server wants is fetched, tried out and switched to, each step told; then there is room', async () => {
  const world = new UpdatingWorld(onEnd);
  const { store } = world.start('1.0.0');
  const job = await jobWhen(store, isRunning);
  await waitFor(() => world.calls.includes('make room'), { what: 'the room' });
  expect(world.calls).toEqual(['obtain 1.1.0', 'preflight 1.1.0', 'make room']);
  expect(job.assignment).toMatchObject({ executor: 'builtin', filename: 'update', origin: ORIGIN });
  expect(world.switchState).toMatchObject({ current: '1.1.0', probation: { jobID: 'job-1', from: '1.0.0' } });
  expect(world.output().trim().split('\n')).toHaveLength(5);
});

test.each([
  ['no version', undefined, {}],
  ['its own', '1.0.0', {}],
  ['one that failed here', '1.1.0', { bad: { '1.1.0': { reason: 'It ended', at: 1 } } }],
  ['one other than the pinned', '1.1.0', { pinned: '1.0.0' }],
])('a server that wants %s is given no update', async (_, desired, state) => {
  const world = new UpdatingWorld(onEnd);
  world.desired = desired;
  world.change((before) => ({ ...before, ...state }));
  const { store, updater } = world.start('1.0.0');
  updater.wake();
  await systemClock.sleep(0);
  expect(store.journal.recent(5)).toEqual([]);
});

test.each<JobPhase>(['accepted', 'fetched', 'extracted'])(
  'killed when the job was %s, the next process goes on to the switch, with one job',
  async (phase) => {
    const world = new UpdatingWorld(onEnd);
    leaveAt(world, phase);
    const { store } = world.start('1.0.0');
    await jobWhen(store, isRunning);
    expect(store.journal.recent(5)).toHaveLength(1);
    expect(world.switchState.probation?.jobID).toBe('job-1');
  },
);

test.each<[phase: JobPhase, ending: 'proven' | 'bad', outcome: string]>([
  ['extracted', 'proven', 'succeeded'],
  ['running', 'proven', 'succeeded'],
  ['extracted', 'bad', 'failed'],
  ['running', 'bad', 'failed'],
])(
  'switched when the journal said %s, it waits for the end of the probation: %s, and so it %s, once',
  async (phase, ending, outcome) => {
    const world = new UpdatingWorld(onEnd);
    leaveAt(world, phase);
    world.change((state) => switched(state, { version: '1.1.0', jobID: 'job-1', at: 5 }));
    const { store } = world.start('1.1.0');
    await jobWhen(store, isRunning);
    await world.kill();

    world.change((state) =>
      ending === 'proven' ? proven(state) : turnedBack(state, { reason: 'It hung', at: 9 }),
    );
    const next = world.start(ending === 'proven' ? '1.1.0' : '1.0.0');
    const { result } = await jobWhen(next.store, hasExited);
    await world.kill();
    const last = world.start(ending === 'proven' ? '1.1.0' : '1.0.0');
    expect(result).toMatchObject(
      ending === 'proven' ? { outcome, exitCode: 0 } : { outcome, reason: 'It hung' },
    );
    expect(last.store.journal.recent(5)).toHaveLength(1);
    expect(world.calls).toEqual(['report']);
  },
);

test('the version before, which runs because a full disk let no start be counted, makes room again after a while, once', async () => {
  const world = new UpdatingWorld(onEnd);
  leaveAt(world, 'running');
  world.change((state) => switched(state, { version: '1.1.0', jobID: 'job-1', at: 5 }));
  const clock = new VirtualClock('2026-11-23T12:00:00Z');
  const { store } = world.start('1.0.0', { clock });
  await clock.advance(29_000);
  expect(world.calls).toEqual([]);
  await clock.advance(2_000);
  expect(world.calls).toEqual(['make room']);
  expect(store.journal.get('job-1')?.phase).toBe('running');
});

test.each([
  ['a release that does not exist', 'obtain', 'RELEASE_NOT_FOUND', 'fetch-failed'],
  ['a version that does not work here', 'preflight', 'VERSION_UNFIT', 'failed'],
] as const)(
  '%s is reported once, and not tried again until somebody asks',
  async (_, step, code, outcome) => {
    const world = new UpdatingWorld(onEnd);
    world[step] = () => Promise.reject(new AppError(code, 'It will not do'));
    const { store, updater } = world.start('1.0.0');
    const job = await jobWhen(store, hasExited);
    expect(job.result).toMatchObject({ outcome, errorCode: code, reason: 'It will not do' });
    expect(job.result?.stdoutBytes).toBe(world.output().length);
    updater.wake();
    await systemClock.sleep(0);
    expect(store.journal.recent(5)).toHaveLength(1);

    updater.retry();
    await jobWhen(store, hasExited, 'job-2');
  },
);

test('a version that could not be had is tried again after hours, by a job of its own, also by another process', async () => {
  const world = new UpdatingWorld(onEnd);
  const clock = new VirtualClock('2026-11-23T12:00:00Z');
  world.obtain = () => Promise.reject(new AppError('RELEASES_EXPIRED', 'It was not renewed'));
  const { store } = world.start('1.0.0', { clock });
  await jobWhen(store, hasExited);
  await world.kill();
  const next = world.start('1.0.0', { clock });
  await clock.advance(5 * 3_600_000);
  expect(next.store.journal.recent(5)).toHaveLength(1);

  world.obtain = async () => await Promise.resolve();
  await clock.advance(2 * 3_600_000);
  await jobWhen(next.store, isRunning, 'job-2');
  expect(world.switchState).toMatchObject({ current: '1.1.0', bad: {} });
});

test('what can be tried again is, by the same job, and when the server is back at once', async () => {
  const world = new UpdatingWorld(onEnd);
  let failures = 2;
  world.obtain = async () => {
    if (failures-- > 0) throw new AppError('SERVER_UNREACHABLE', 'Nobody answers', { retryable: true });
    await Promise.resolve();
  };
  const { store, updater } = world.start('1.0.0', { random: () => 0.999 });
  await waitFor(() => world.calls.includes('resume'), { what: 'the first failure' });
  updater.wake();
  await jobWhen(store, isRunning);
  expect(world.calls.filter((call) => call === 'obtain 1.1.0')).toHaveLength(3);
  expect(world.output()).toContain('Nobody answers; trying again');
});

test('what came spoilt again and again is given up', async () => {
  const world = new UpdatingWorld(onEnd);
  world.obtain = async () => {
    await Promise.resolve();
    throw new AppError('RELEASE_UNTRUSTED', 'A block is not what was signed', { retryable: true });
  };
  const { store } = world.start('1.0.0');
  const job = await jobWhen(store, hasExited);
  expect(job.result).toMatchObject({ outcome: 'fetch-failed', errorCode: 'RELEASE_UNTRUSTED' });
  expect(world.switchState.bad).toHaveProperty(['1.1.0']);
});

test('when another version is wanted meanwhile, the download is broken off, and the other one fetched', async () => {
  const world = new UpdatingWorld(onEnd);
  world.obtain = async ({ version, signal }) => {
    if (version === '1.1.0') await systemClock.sleep(60_000, signal);
  };
  const { store, updater } = world.start('1.0.0');
  await waitFor(() => world.calls.includes('obtain 1.1.0'), { what: 'the download' });
  world.desired = '1.2.0';
  updater.versionNamed();
  await jobWhen(store, isRunning, 'job-2');
  expect(store.journal.get('job-1')?.result).toMatchObject({ outcome: 'canceled' });
  expect(world.switchState).toMatchObject({ current: '1.2.0', bad: {} });
});

test('a version that failed here is tried again when the server names another one and then this one anew, also across a crash in between', async () => {
  const world = new UpdatingWorld(onEnd);
  world.preflight = () => Promise.reject(new AppError('VERSION_UNFIT', 'It will not do'));
  const { store } = world.start('1.0.0');
  await jobWhen(store, hasExited);
  await world.kill();

  world.desired = '1.0.0'; // was written down, and then the process ended
  const next = world.start('1.0.0');
  await waitFor(() => world.switchState.wanted === '1.0.0', { what: 'the look at what is wanted' });
  expect(next.store.journal.recent(5)).toHaveLength(1);
  await world.kill();
  expect(world.switchState.bad).toHaveProperty(['1.1.0']);

  world.desired = '1.1.0';
  const last = world.start('1.0.0');
  const again = await jobWhen(last.store, hasExited, 'job-2');
  expect(again.assignment.origin).toEqual(ORIGIN);
  await world.kill();
  const after = world.start('1.0.0');
  await systemClock.sleep(0);
  expect(after.store.journal.recent(5)).toHaveLength(2);
});

test('canceled before the switch, it ends at once, and is not begun again until somebody asks', async () => {
  const world = new UpdatingWorld(onEnd);
  world.obtain = async ({ signal }) => await systemClock.sleep(60_000, signal);
  const { store, updater } = world.start('1.0.0');
  await waitFor(() => world.calls.includes('obtain 1.1.0'), { what: 'the download' });
  store.journal.requestCancel(['job-1']);
  updater.wake();
  const { result } = await jobWhen(store, hasExited);
  expect(result).toMatchObject({ outcome: 'canceled', reason: 'Canceled before the switch' });
  updater.wake();
  await systemClock.sleep(0);
  expect(store.journal.recent(5)).toHaveLength(1);
  expect(world.switchState).toMatchObject({ current: '1.0.0', bad: { '1.1.0': {} } });

  updater.retry();
  await waitFor(() => store.journal.get('job-2'), { what: 'the next attempt' });
});

test('canceled after the switch, it goes on, and says so', async () => {
  const world = new UpdatingWorld(onEnd);
  leaveAt(world, 'running');
  world.change((state) => switched(state, { version: '1.1.0', jobID: 'job-1', at: 5 }));
  const { store, updater } = world.start('1.1.0');
  store.journal.requestCancel(['job-1']);
  updater.wake();
  await systemClock.sleep(0);
  expect(store.journal.get('job-1')?.phase).toBe('running');
  world.change(proven);
  updater.wake();
  const { result } = await jobWhen(store, hasExited);
  expect(result).toMatchObject({ outcome: 'succeeded' });
  expect(world.output()).toContain('It was canceled after the switch');
});

test('a roll-back that somebody here asks for is switched to at once, without any server', async () => {
  const world = new UpdatingWorld(onEnd);
  world.change((state) => proven(switched(state, { version: '1.1.0', jobID: 'job-0', at: 1 })));
  const { store, updater } = world.start('1.1.0');
  updater.rollBack();
  const job = await jobWhen(store, isRunning);
  expect(job.assignment.origin).toEqual({ updateTo: '1.0.0', updateFrom: '1.1.0' });
  expect(world.switchState.current).toBe('1.0.0');
  expect(world.calls.filter((call) => call.startsWith('obtain'))).toEqual([]);
});

/** A process of version 1.0.0 ended just after it had committed this. */
function leaveAt({ stateDir }: UpdatingWorld, phase: JobPhase): void {
  const store = openAgentStore(stateDir, { clock: systemClock, log: silentLogger });
  const [job] = store.journal.accept([updateAssignment(ORIGIN, { jobID: 'job-1', now: 1 })]);
  if (job !== undefined && phase !== 'accepted') store.journal.commit(job, { phase });
  store.close();
}
