import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { describe, expect, test } from '@jest/globals';
import { systemClock } from '../../../../src/lib/clock.ts';
import { readOutput } from '../../../../src/lib/process/read-output.ts';
import {
  runProcess,
  type ProcessResult,
  type RunProcessOptions,
} from '../../../../src/lib/process/run-process.ts';
import { Stopped } from '../../../../src/lib/stopped.ts';
import { currentPlatform } from '../../../../src/platform/select.ts';
import { useCleanup } from '../../../support/cleanup.ts';
import { fixtureProgram, isAlive } from '../../../support/fixture-program.ts';
import { testOnPosix } from '../../../support/on-posix.ts';
import { makeTempDir } from '../../../support/temp-dir.ts';
import { waitFor } from '../../../support/wait-for.ts';

const onEnd = useCleanup();
const platform = currentPlatform();
const CAP_BYTES = 1024 ** 2;

interface Run {
  readonly result: Promise<ProcessResult>;
  readonly stop: AbortController;
  readonly stdout: () => string;
  readonly stdoutPath: string;
}

function run(program: string, args: string[] = [], more: Partial<RunProcessOptions> = {}): Run {
  const dir = makeTempDir(onEnd);
  const mark = { name: 'COMMANDER_JOB', value: dir };
  const stop = new AbortController();
  const stdoutPath = join(dir, 'stdout');
  const result = runProcess({
    command: process.execPath,
    args: [fixtureProgram(program), ...args],
    cwd: dir,
    env: { [mark.name]: mark.value },
    ownGroup: platform.ownGroup,
    treeOf: (child) => platform.processTree({ child, mark }),
    stdoutPath,
    stderrPath: join(dir, 'stderr'),
    outputCapBytes: CAP_BYTES,
    timeoutMs: 60_000,
    endGraceMs: 5_000,
    clock: systemClock,
    signal: stop.signal,
    ...more,
  });
  return { result, stop, stdout: () => readFileSync(stdoutPath, 'utf8'), stdoutPath };
}

async function whenItSays(text: string, { stdout }: Run): Promise<void> {
  await waitFor(
    () => {
      try {
        return stdout().includes(text);
      } catch {
        return false; // nothing written yet
      }
    },
    { what: `"${text}"` },
  );
}

test('a program ends by itself, with its exit code and its output', async () => {
  const { result, stdout } = run('writes.mjs', [Buffer.from('hi').toString('base64'), '', '5']);
  await expect(result).resolves.toEqual({
    ended: 'exited',
    exitCode: 5,
    stdoutBytes: 2,
    stderrBytes: 0,
    survivors: [],
  });
  expect(stdout()).toBe('hi');
});

test('a program that closes its output is waited for all the same', async () => {
  await expect(run('closes-output.mjs').result).resolves.toMatchObject({ ended: 'exited', exitCode: 3 });
});

describe('ending a program', () => {
  testOnPosix('it is asked first, and what it still writes is kept', async () => {
    const one = run('ends-when-asked.mjs');
    await whenItSays('ready', one);
    one.stop.abort(new Stopped('job-canceled'));
    await expect(one.result).resolves.toMatchObject({ ended: 'stopped', exitCode: 0 });
    expect(one.stdout()).toBe('ready\ncleaned up\n');
  });

  testOnPosix('it is forced when it does not listen', async () => {
    const one = run('ignores-sigterm.mjs', [], { endGraceMs: 100 });
    await whenItSays('ready', one);
    one.stop.abort(new Stopped('job-canceled'));
    await expect(one.result).resolves.toMatchObject({ ended: 'stopped', signal: 'SIGKILL' });
    expect(one.stdout()).toBe('ready\nheard\n');
  });

  test('its time limit ends it', async () => {
    const { result } = run('sleeps.mjs', [], { timeoutMs: 300 });
    await expect(result).resolves.toMatchObject({ ended: 'timeout', survivors: [] });
  });

  test('silence ends it, but not while it writes', async () => {
    const { result } = run('sleeps.mjs', [], { noOutputTimeoutMs: 300 });
    await expect(result).resolves.toMatchObject({ ended: 'no-output' });
    const talking = run('ticks.mjs', [], { noOutputTimeoutMs: 2_000, timeoutMs: 3_000 });
    await expect(talking.result).resolves.toMatchObject({ ended: 'timeout' });
  });

  test('the first reason is the one that is told', async () => {
    const one = run('sleeps.mjs', [], { timeoutMs: 100, endGraceMs: 200 });
    setTimeout(() => one.stop.abort(new Stopped('job-canceled')), 200);
    await expect(one.result).resolves.toMatchObject({ ended: 'timeout' });
  });

  test('one that is stopped before it starts is not started', async () => {
    const reason = new Stopped('job-canceled');
    const { result } = run('sleeps.mjs', [], { signal: AbortSignal.abort(reason) });
    await expect(result).rejects.toBe(reason);
  });
});

/** FAULTS 13: a child in a session of its own, holding our pipes, must neither survive nor hold us up. */
describe('what a program leaves behind', () => {
  test('is ended with it, though it left group and session and holds its pipes', async () => {
    const { result, stdout } = run('leaves-daemon.mjs');
    const begun = performance.now();
    await expect(result).resolves.toMatchObject({ ended: 'exited', exitCode: 0, survivors: [] });
    expect(performance.now() - begun).toBeLessThan(10_000);
    expect(isAlive(parseInt(stdout(), 10))).toBe(false);
  });

  testOnPosix('is ended with it on a time limit, though it dropped its environment', async () => {
    const one = run('leaves-daemon.mjs', ['clean'], { endGraceMs: 100 });
    await whenItSays('\n', one);
    const daemon = parseInt(one.stdout(), 10);
    expect(isAlive(daemon)).toBe(true);
    one.stop.abort(new Stopped('job-canceled'));
    await one.result;
    expect(isAlive(daemon)).toBe(false);
  });

  test('does not hold us up even where it cannot be ended', async () => {
    const powerless = { ask: async () => {}, kill: async () => await Promise.resolve({ survivors: [4711] }) };
    const { result, stdout } = run('leaves-daemon.mjs', [], { treeOf: () => powerless });
    onEnd(() => process.kill(parseInt(stdout(), 10), 'SIGKILL'));
    await expect(result).resolves.toMatchObject({ ended: 'exited', survivors: [4711] });
  });
});

/** FAULTS 15, at a size that a test can afford. */
test('a flood costs no memory and no pause, and what is dropped is known to the byte', async () => {
  const totalBytes = 300 * 1024 ** 2 + 7;
  const rssBefore = process.memoryUsage.rss();
  const delay = monitorEventLoopDelay({ resolution: 10 });
  delay.enable();
  const { result, stdoutPath } = run('floods.mjs', [String(totalBytes)]);
  await expect(result).resolves.toMatchObject({ ended: 'exited', exitCode: 0, stdoutBytes: totalBytes });
  delay.disable();
  const { head, tail } = await readOutput(stdoutPath, { capBytes: CAP_BYTES, endBytes: 6, totalBytes });
  expect([Buffer.from(head).toString(), Buffer.from(tail).toString()]).toEqual(['HEAD..', '..TAIL']);
  expect(delay.max / 1e6).toBeLessThan(250);
  expect(process.memoryUsage.rss() - rssBefore).toBeLessThan(64 * 1024 ** 2);
});
