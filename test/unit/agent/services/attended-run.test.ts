import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { AttendedRun, type AttendOptions } from '../../../../src/agent/services/attended-run.ts';
import { ServiceRun } from '../../../../src/agent/services/service-run.ts';
import { systemClock } from '../../../../src/lib/clock.ts';
import { silentLogger } from '../../../../src/lib/log.ts';
import { currentPlatform } from '../../../../src/platform/select.ts';
import { useCleanup } from '../../../support/cleanup.ts';
import { describeOnPosix } from '../../../support/on-posix.ts';
import { makeTempDir } from '../../../support/temp-dir.ts';
import { waitFor } from '../../../support/wait-for.ts';

const onEnd = useCleanup();

interface Attended {
  readonly dir: string;
  readonly attended: AttendedRun;
  readonly told: () => number;
}

/** A program that ends with code 3 as soon as there is a file "end", attended. */
async function attend(more: Partial<AttendOptions> = {}): Promise<Attended> {
  const dir = makeTempDir(onEnd);
  const deps = { platform: currentPlatform(), clock: systemClock, log: silentLogger };
  const run = new ServiceRun(join(dir, 'run'), { ...deps, livenessMs: 60_000 });
  await run.start({
    ...{ command: '/bin/sh', args: ['-c', 'until test -e end; do sleep 0.02; done; exit 3'] },
    ...{ env: process.env, isDirect: false, cwd: dir, logPath: join(dir, 'log') },
    log: { maxBytes: 10_000, files: 1 },
  });
  let told = 0;
  const attended = new AttendedRun(run, {
    ...{ ...deps, probe: undefined, place: { cwd: dir, env: process.env } },
    ...{ upMs: 0, wasHealthy: false, startupProbeMs: 20, signal: new AbortController().signal },
    onChange: () => (told += 1),
    ...more,
  });
  onEnd(async () => {
    await attended.leave();
    await run.stop(0);
  });
  return { dir, attended, told: () => told };
}

const asks = (script: string): AttendOptions['probe'] => ({
  ...{ kind: 'command', command: ['/bin/sh', '-c', script] },
  ...{ intervalSeconds: 1, failureThreshold: 1, startupSeconds: 0 },
});

describeOnPosix('whoever attends a run', () => {
  test('notes that it is healthy, by a probe asked in its folder', async () => {
    const { dir, attended } = await attend({ probe: { kind: 'command', command: ['test', '-e', 'ready'] } });
    expect(attended.healthy).toBe(false);
    writeFileSync(join(dir, 'ready'), '');
    await waitFor(() => attended.healthy, { what: 'health' });
    expect([attended.sick, attended.hasEnded]).toEqual([undefined, false]);
  });

  test('notes why it is ill, and does nothing about it', async () => {
    const { attended } = await attend({ probe: asks('exit 7') });
    await waitFor(() => attended.sick, { what: 'illness' });
    expect([attended.sick, attended.hasEnded]).toEqual([
      'its probe says: the command exited with code 7',
      false,
    ]);
  });

  test('notes that it has ended, and tells of it', async () => {
    const { dir, attended, told } = await attend({ wasHealthy: true });
    const toldBefore = told();
    writeFileSync(join(dir, 'end'), '');
    await waitFor(() => attended.hasEnded, { what: 'its end' });
    expect([attended.healthy, told() > toldBefore]).toEqual([true, true]);
  });

  test('leaves it as it is', async () => {
    const { attended } = await attend({ probe: { kind: 'command', command: ['sleep', '60'] } });
    await attended.leave();
    expect([attended.hasEnded, attended.sick, attended.healthy]).toEqual([false, undefined, false]);
    await waitFor(() => attended.run.pid, { what: 'its program, which goes on' });
  });
});
