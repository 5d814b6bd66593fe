import { chmodSync, closeSync, openSync, writeFileSync } from 'node:fs';
import { once } from 'node:events';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import type { ChildProcess } from 'node:child_process';
import { expect, test } from '@jest/globals';
import { systemClock, type Clock } from '../../../../src/lib/clock.ts';
import { startChild, type StartOptions } from '../../../../src/lib/process/start-child.ts';
import { useCleanup } from '../../../support/cleanup.ts';
import { fixtureProgram } from '../../../support/fixture-program.ts';
import { testOnPosix } from '../../../support/on-posix.ts';
import { makeTempDir } from '../../../support/temp-dir.ts';

const onEnd = useCleanup();

function options(more: Partial<StartOptions> & { clock?: Clock }): StartOptions & { clock: Clock } {
  return {
    command: process.execPath,
    args: [],
    cwd: process.cwd(),
    env: {},
    ownGroup: { detached: false, windowsHide: true },
    clock: systemClock,
    ...more,
  };
}

async function textOf({ stdout }: ChildProcess): Promise<string> {
  return stdout === null ? '' : await text(stdout);
}

test('a child sees the arguments, the folder and the environment that it is given, and nothing else', async () => {
  const cwd = makeTempDir(onEnd);
  const args = [fixtureProgram('tells-surroundings.mjs'), 'a b', '$HOME', '', '"', '*'];
  const child = await startChild(options({ args, cwd, env: { ONLY: 'this' } }));
  const { env, ...rest } = JSON.parse(await textOf(child)) as { env: Record<string, string> };
  expect(rest).toEqual({ argv: args.slice(1), cwd });
  expect(env).toMatchObject({ ONLY: 'this' });
  expect(env['PATH']).toBeUndefined();
});

test('a child that waits for input gets its end at once', async () => {
  const child = await startChild(options({ args: [fixtureProgram('reads-input.mjs')] }));
  await expect(textOf(child)).resolves.toBe('read 0 bytes\n');
});

test('what cannot be started says so', async () => {
  const command = join(makeTempDir(onEnd), 'none');
  await expect(startChild(options({ command }))).rejects.toMatchObject({
    code: 'SPAWN_FAILED',
    message: `Cannot start "${command}"`,
    cause: expect.objectContaining({ code: 'ENOENT' }),
  });
});

testOnPosix('a file that somebody still has open for writing is tried again until it is free', async () => {
  const command = join(makeTempDir(onEnd), 'run');
  writeFileSync(command, '#!/bin/sh\nexit 7\n');
  chmodSync(command, 0o700);
  const writer = openSync(command, 'r+');
  let waits = 0;
  const clock = {
    ...systemClock,
    sleep: async () => {
      waits += 1;
      if (waits === 3) closeSync(writer);
      await Promise.resolve();
    },
  };
  const child = await startChild(options({ command, clock }));
  const [exitCode] = (await once(child, 'exit')) as [number];
  expect({ exitCode, waits }).toEqual({ exitCode: 7, waits: 3 });
});
