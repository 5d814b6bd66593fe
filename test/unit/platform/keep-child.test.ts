import { expect, test } from '@jest/globals';
import { Stopped } from '../../../src/lib/stopped.ts';
import { keepChild } from '../../../src/platform/keep-child.ts';
import type { SupervisorNews } from '../../../src/platform/service/supervisor.ts';

/** A child that says it runs, and then says all that it hears by its exit code: a stop is 1, one at once 2. */
const LISTENING = `
  let heard = 0;
  process.on('message', ({ ask, why }) => {
    if (why === 'shutdown') heard += ask === 'stop' ? 1 : 2;
    if (heard === Number(process.env.UNTIL)) process.exit(heard);
  });
  process.send({ news: 'running' });`;

function keeping() {
  const [stop, stopNow] = [new AbortController(), new AbortController()];
  const news: SupervisorNews[] = [];
  const running = Promise.withResolvers<undefined>();
  const supervisor = {
    tell: (one: SupervisorNews) => {
      news.push(one);
      running.resolve(undefined);
    },
  };
  const keep = keepChild({ stop: stop.signal, stopNow: stopNow.signal, supervisor });
  const run = (script: string, environment = {}): Promise<number> =>
    keep({ path: process.execPath, args: ['-e', script], environment: { ...process.env, ...environment } });
  return { stop, stopNow, news, running: running.promise, keep, run };
}

test('the exit code of a child is its own', async () => {
  const { run } = keeping();
  expect(await run('process.exit(7)')).toBe(7);
});

test('one that was killed has failed', async () => {
  const { run } = keeping();
  expect(await run('process.kill(process.pid, "SIGKILL")')).toBe(1);
});

test('a child is asked to stop, and then not to wait; how it goes is passed on', async () => {
  const { stop, stopNow, running, news, run } = keeping();
  const ended = run(LISTENING, { UNTIL: '3' });
  await running;
  stop.abort(new Stopped('shutdown'));
  stopNow.abort(new Stopped('shutdown'));
  expect([await ended, news]).toEqual([3, ['running']]);
});

test('one that is started while all is to stop hears of it', async () => {
  const { stop, run } = keeping();
  stop.abort(new Stopped('shutdown'));
  expect(await run(LISTENING, { UNTIL: '1' })).toBe(1);
});

test('whoever is to know its process ID is told while it runs', async () => {
  const { keep } = keeping();
  const image = {
    path: process.execPath,
    args: ['-e', 'process.once("message", () => {})'],
    environment: process.env,
  };
  let isAlive = false;
  await keep(image, (pid) => {
    isAlive = process.kill(pid, 0);
    process.kill(pid);
    return Promise.resolve();
  });
  expect(isAlive).toBe(true);
});

test.each(['/nowhere', '/bin/sh/nowhere'])('one that cannot be started is no child: %s', async (path) => {
  const { keep } = keeping();
  const image = { path, args: [], environment: {} };
  await expect(keep(image)).rejects.toMatchObject({ code: 'SPAWN_FAILED' });
});
