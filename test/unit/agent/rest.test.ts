import { afterEach, expect, test } from '@jest/globals';
import { restAfterWork, ringing } from '../../../src/agent/rest.ts';
import { Wakeup } from '../../../src/lib/wakeup.ts';

let stop = new AbortController();
afterEach(() => {
  stop.abort();
  stop = new AbortController();
});

test('nothing is released before there was work', async () => {
  const rest = start();
  await settle();
  expect(rest.log).toEqual([]);
});

test('work is followed by one release, after ten quiet seconds', async () => {
  const rest = start();
  rest.activity.ring();
  await settle();
  expect(rest.log).toEqual(['slept 10 s', 'released']);

  rest.activity.ring();
  await settle();
  expect(rest.log).toEqual(['slept 10 s', 'released', 'slept 10 s', 'released']);
});

test('while work goes on nothing is released, and the looks at it grow rare', async () => {
  const rest = start({ busyLooks: 11 });
  rest.activity.ring();
  await settle();
  const looks = [10, 20, 40, 80, 160, 320, 640, 1280, 2560, 3600, 3600, 3600];
  expect(rest.log).toEqual([...looks.map((seconds) => `slept ${seconds} s`), 'released']);
});

test('it ends when asked to', async () => {
  const asked = new AbortController();
  const rest = start({ signal: asked.signal });
  asked.abort(new Error('enough'));
  await expect(rest.ended).rejects.toThrow('enough');
});

test('jobs and a returning server are activity, and reach the intake behind it', async () => {
  const seen: string[] = [];
  const intake = {
    accept: () => void seen.push('accept'),
    archivesCame: () => void seen.push('archives'),
    cancel: () => void seen.push('cancel'),
    serverIsBack: () => void seen.push('back'),
  };
  const rest = start();
  const heard = ringing(rest.activity, intake);

  heard.cancel(['a']);
  await settle();
  expect(rest.log).toEqual([]);

  heard.accept([]);
  await settle();
  heard.serverIsBack();
  await settle();
  expect(rest.log.filter((line) => line === 'released')).toHaveLength(2);
  expect(seen).toEqual(['cancel', 'accept', 'back']);
});

function start({ busyLooks = 0, signal = stop.signal }: { busyLooks?: number; signal?: AbortSignal } = {}) {
  const log: string[] = [];
  const activity = new Wakeup();
  const clock = {
    now: () => 0,
    monotonic: () => 0,
    sleep: (ms: number) => Promise.resolve(void log.push(`slept ${ms / 1000} s`)),
  };
  const isBusy = () => busyLooks-- > 0;
  const ended = restAfterWork({ activity, isBusy, clock, release: () => void log.push('released') }, signal);
  ended.catch(() => undefined);
  return { log, activity, ended };
}

/** Until all that is due has run; no time passes in these tests. */
async function settle(): Promise<void> {
  await new Promise((resolve) => setImmediate(resolve));
}
