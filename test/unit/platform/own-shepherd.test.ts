import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { keepProgram } from '../../../src/platform/own-shepherd.ts';
import type { ShepherdOrder } from '../../../src/platform/platform.ts';
import { currentPlatform } from '../../../src/platform/select.ts';
import { useCleanup } from '../../support/cleanup.ts';
import { isAlive } from '../../support/fixture-program.ts';
import { makeTempDir } from '../../support/temp-dir.ts';
import { waitFor } from '../../support/wait-for.ts';

const onEnd = useCleanup();

interface Kept {
  readonly order: ShepherdOrder;
  readonly run: (more?: Partial<ShepherdOrder>) => Promise<void>;
  /** The text of a file that shepherd and agent share. */
  readonly says: (name: string) => string;
  readonly log: () => string;
}

/** A program of node, by a shepherd that is this process. */
function keep(script: string): Kept {
  const dir = makeTempDir(onEnd);
  const order = {
    ...{ runDir: join(dir, 'a run'), logPath: join(dir, 'log') },
    ...{ command: process.execPath, args: ['-e', script] },
  };
  mkdirSync(order.runDir);
  writeFileSync(join(order.runDir, 'log-limits'), '1000000 1\n');
  return {
    order,
    run: async (more) =>
      await keepProgram(
        { ...order, ...more },
        { platform: currentPlatform(), identity: '7 me', environment: process.env, cwd: dir },
      ),
    says: (name) => readFileSync(join(order.runDir, name), 'utf8'),
    log: () => readFileSync(order.logPath, 'utf8'),
  };
}

test('says who it is, what it started, what that wrote and how it ended', async () => {
  const { order, run, says, log } = keep(`
    const { pid, env } = process;
    console.log(pid, env.COMMANDER_SERVICE); console.error("to stderr"); process.exitCode = 7`);
  await run();
  const pid = says('program').trim();
  expect([says('shepherd'), says('exit')]).toEqual(['7 me\n', '7\n']);
  expect(log().split('\n').sort()).toEqual(['', `${pid} ${order.runDir}`, 'to stderr']);
});

test('all that was written is in the log, however much', async () => {
  const { run, log } = keep('for (let i = 0; i < 9000; i++) console.log("line " + i)');
  await run();
  expect(log()).toBe(Array.from({ length: 9000 }, (_, i) => `line ${i}\n`).join(''));
});

test('a program that was killed has 128 and the number of the signal', async () => {
  const { run, says } = keep('process.kill(process.pid, "SIGKILL")');
  await run();
  expect(says('exit')).toBe('137\n');
});

test('what the program leaves behind ends with it', async () => {
  const { run, log } = keep(`
    const { spawn } = require("node:child_process");
    const child = spawn(process.execPath, ["-e", "setInterval(() => 0, 1000)"], { stdio: "inherit" });
    console.log(child.pid); process.exit()`);
  await run();
  const pid = Number(log());
  await waitFor(() => !isAlive(pid), { what: 'the child to end' });
});

test.each<[string, (runDir: string) => void]>([
  ['an agent has taken its place', (runDir) => writeFileSync(join(runDir, 'shepherd'), '')],
  ['its folder is gone', (runDir) => rmSync(runDir, { recursive: true })],
])('starts nothing when %s', async (_, spoil) => {
  const { order, run } = keep('console.log("started")');
  spoil(order.runDir);
  await run();
  expect(existsSync(order.logPath)).toBe(false);
});

test('a program that cannot be started has ended as a shell would have it, and the log says why', async () => {
  const { run, says, log } = keep('');
  await run({ command: '/no/such/program' });
  expect(says('exit')).toBe('127\n');
  expect(log()).toMatch(/^Cannot start "\/no\/such\/program": .*ENOENT/);
});
