import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { ServiceRun, type RunOrder } from '../../../../src/agent/services/service-run.ts';
import { systemClock } from '../../../../src/lib/clock.ts';
import { silentLogger } from '../../../../src/lib/log.ts';
import { currentPlatform } from '../../../../src/platform/select.ts';
import { useCleanup } from '../../../support/cleanup.ts';
import { isAlive } from '../../../support/fixture-program.ts';
import { describeOnPosix } from '../../../support/on-posix.ts';
import { makeTempDir } from '../../../support/temp-dir.ts';
import { waitFor } from '../../../support/wait-for.ts';

const onEnd = useCleanup();
const NEVER = new AbortController().signal;

interface World {
  readonly dir: string;
  readonly logPath: string;
  /** The run as an agent has it: each call stands for another agent. */
  readonly open: () => ServiceRun;
  readonly order: (script: string) => RunOrder;
}

function makeWorld(): World {
  const dir = makeTempDir(onEnd);
  const logPath = join(dir, 'log', 'output.log');
  const platform = currentPlatform();
  const deps = { platform, clock: systemClock, log: silentLogger, livenessMs: 60_000 };
  const open = (): ServiceRun => new ServiceRun(join(dir, 'runs', 'one'), deps);
  onEnd(async () => await open().stop(0));
  return {
    ...{ dir, logPath, open },
    order: (script) => ({
      ...{ command: process.execPath, args: ['-e', script], env: process.env, isDirect: false },
      ...{ cwd: dir, logPath, log: { maxBytes: 1_000_000, files: 1 } },
    }),
  };
}

async function hasWritten(logPath: string): Promise<void> {
  await waitFor(() => existsSync(logPath) && readFileSync(logPath, 'utf8') !== '', { what: 'its output' });
}

async function pidOf(run: ServiceRun): Promise<number> {
  return await waitFor(() => run.pid, { what: 'its process ID' });
}

describeOnPosix('a run', () => {
  test('tells how its program ended, with all its output in the log', async () => {
    const { logPath, open, order } = makeWorld();
    const run = open();
    await run.start(order('console.log("x".repeat(100_000)); process.exitCode = 3'));
    expect(await run.ended(NEVER)).toEqual({ exitCode: 3 });
    expect(await run.finish()).toEqual({ exitCode: 3 });
    expect(readFileSync(logPath, 'utf8')).toBe(`${'x'.repeat(100_000)}\n`);
  });

  test('is the same for another agent, who learns the exit code too', async () => {
    const { dir, open, order } = makeWorld();
    const first = open();
    const script = 'const t = setInterval(() => require("fs").existsSync("end") && process.exit(4), 10)';
    await first.start(order(script));
    const pid = await pidOf(first);
    const second = open();
    expect([second.adopt(), second.pid]).toEqual(['started', pid]);
    writeFileSync(join(dir, 'end'), '');
    expect(await second.ended(NEVER)).toEqual({ exitCode: 4 });
  });

  test('that is stopped in time ends in its own way', async () => {
    const { logPath, open, order } = makeWorld();
    const run = open();
    const script =
      'process.on("SIGTERM", () => process.exit(5)); setInterval(() => 0, 1000); console.log("up")';
    await run.start(order(script));
    await hasWritten(logPath);
    expect(await run.stop(10_000)).toEqual({ exitCode: 5 });
  });

  test('that does not end when asked is forced to', async () => {
    const { logPath, open, order } = makeWorld();
    const run = open();
    await run.start(order('process.on("SIGTERM", () => 0); setInterval(() => 0, 1000); console.log("up")'));
    const pid = await pidOf(run);
    await hasWritten(logPath);
    expect(await run.stop(0)).toEqual({ exitCode: 137 });
    expect(isAlive(pid)).toBe(false);
  });

  test('whose shepherd was killed counts as ended, and its program is not left to itself', async () => {
    const { dir, open, order } = makeWorld();
    const run = open();
    await run.start(order('setInterval(() => 0, 1000)'));
    const pid = await pidOf(run);
    const shepherd = parseInt(readFileSync(join(dir, 'runs/one/shepherd'), 'utf8'), 10);
    process.kill(shepherd, 'SIGKILL');
    const other = open();
    expect(other.adopt()).toBe('started');
    await waitFor(() => !isAlive(shepherd), { what: 'the shepherd to end' });
    expect(await other.ended(NEVER)).toEqual({});
    await other.finish();
    await waitFor(() => !isAlive(pid), { what: 'the end of its program' }); // until init has reaped it
  });

  test('is watched until nobody asks any more', async () => {
    const { open, order } = makeWorld();
    const run = open();
    await run.start(order('setInterval(() => 0, 1000)'));
    const stop = new AbortController();
    const ended = run.ended(stop.signal);
    stop.abort(new Error('the agent ends'));
    await expect(ended).rejects.toThrow('the agent ends');
    expect(isAlive(await pidOf(run))).toBe(true);
  });

  test('that cannot be started says so', async () => {
    const { dir, open, order } = makeWorld();
    await expect(open().start({ ...order(''), cwd: join(dir, 'none') })).rejects.toMatchObject({
      code: 'SPAWN_FAILED',
    });
  });

  test('is gone from disk when it is removed', async () => {
    const { dir, open, order } = makeWorld();
    const run = open();
    await run.start(order(''));
    await run.ended(NEVER);
    await run.finish();
    await run.remove();
    expect(existsSync(join(dir, 'runs', 'one'))).toBe(false);
  });
});

describe('a run of an earlier agent', () => {
  test.each([true, false])('that never began is never to begin (its folder is there: %j)', (isThere) => {
    const { dir, open } = makeWorld();
    if (isThere) mkdirSync(join(dir, 'runs', 'one'), { recursive: true });
    expect(open().adopt()).toBe('never-started');
  });

  test('whose shepherd’s process ID is another’s by now has ended', async () => {
    const { dir, open } = makeWorld();
    mkdirSync(join(dir, 'runs', 'one'), { recursive: true });
    writeFileSync(join(dir, 'runs/one/shepherd'), `${process.pid} another-boot 1\n`);
    const run = open();
    expect([run.adopt(), await run.ended(NEVER)]).toEqual(['started', {}]);
  });
});
