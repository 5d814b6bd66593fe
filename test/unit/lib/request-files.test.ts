import { readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { RequestFiles } from '../../../src/lib/request-files.ts';
import { systemClock } from '../../../src/lib/clock.ts';
import { silentLogger } from '../../../src/lib/log.ts';
import { useCleanup } from '../../support/cleanup.ts';
import { makeTempDir } from '../../support/temp-dir.ts';
import { waitFor } from '../../support/wait-for.ts';

const onEnd = useCleanup();

interface World {
  readonly dir: string;
  readonly requests: RequestFiles;
  /** What an agent has taken that runs from then on. */
  readonly takes: () => string[];
}

function makeWorld(): World {
  const dir = join(makeTempDir(onEnd), 'requests');
  return {
    dir,
    requests: new RequestFiles(dir),
    takes: () => {
      const taken: string[] = [];
      const stop = new AbortController();
      const onRequest = (service: string): unknown => taken.push(service);
      const over = new RequestFiles(dir)
        .takeAll({ onRequest, clock: systemClock, log: silentLogger, signal: stop.signal })
        .catch(() => undefined);
      onEnd(async () => {
        stop.abort(new Error('the test is over'));
        await over;
      });
      return taken;
    },
  };
}

test('what is asked for while an agent runs is taken at once', async () => {
  const { requests, takes } = makeWorld();
  const taken = takes();
  requests.ask('web');
  expect(requests.isTaken('web')).toBe(false);
  await waitFor(() => taken.length > 0, { what: 'the request to be taken', timeoutMs: 3_000 });
  expect([taken, requests.isTaken('web')]).toEqual([['web'], true]);
});

test('what was asked for while none did is taken by the next', async () => {
  const { dir, requests, takes } = makeWorld();
  requests.ask('web');
  requests.ask('web');
  requests.ask('db');
  const taken = takes();
  await waitFor(() => taken.length === 2, { what: 'the requests to be taken' });
  expect([taken.sort(), readdirSync(dir)]).toEqual([['db', 'web'], []]);
});

test('a folder that somebody removes is nothing to ask for', async () => {
  const { dir, requests, takes } = makeWorld();
  const taken = takes();
  rmSync(dir, { recursive: true });
  await waitFor(() => requests.isTaken('web'), { what: 'nothing to be asked for' });
  expect(taken).toEqual([]);
});
