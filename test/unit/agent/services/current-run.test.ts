import { existsSync, mkdirSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { CurrentRun } from '../../../../src/agent/services/current-run.ts';
import { prepareVersion } from '../../../../src/agent/services/service-folder.ts';
import type { ServiceSpec } from '../../../../src/protocol/schemas/desired.ts';
import type { ServiceEnd } from '../../../../src/store/agent/service-store.ts';
import { useCleanup } from '../../../support/cleanup.ts';
import { isAlive } from '../../../support/fixture-program.ts';
import { describeOnPosix } from '../../../support/on-posix.ts';
import { makeServiceWorld, type ServiceWorld } from '../../../support/service-world.ts';
import { waitFor } from '../../../support/wait-for.ts';

const onEnd = useCleanup();
const { signal } = new AbortController();
const STAYS = 'setInterval(() => {}, 1000); console.log("up")';

interface Kept extends ServiceWorld {
  readonly spec: ServiceSpec;
  /** The run as an agent has it: each call stands for another agent. */
  readonly open: () => CurrentRun;
}

/** With a record that keeps a service of this script. */
async function keep(script: string): Promise<Kept> {
  const world = makeServiceWorld(onEnd);
  const { deps, folder, record } = world;
  const spec = await deps.archives.spec('web', script);
  await prepareVersion(spec, folder, { ...deps, signal });
  record.save({ spec });
  const open = (): CurrentRun => {
    const run = new CurrentRun({ ...deps, folder, record, onChange: () => undefined });
    onEnd(async () => await run.leave());
    return run;
  };
  onEnd(async () => {
    const last = open();
    await last.recover(signal);
    await last.end({ hasEnded: false }, () => undefined);
  });
  return { ...world, spec, open };
}

async function pidOf(run: CurrentRun): Promise<number> {
  return await waitFor(() => run.attended?.run.pid, { what: 'its process ID' });
}

describeOnPosix('the run of a service', () => {
  test('is on record as soon as it begins, in the folder of its version, with its log beside', async () => {
    const { spec, folder, record, open } = await keep('console.log(process.cwd())');
    const run = open();
    await run.start(spec, signal);
    expect(record.now).toMatchObject({ state: 'starting', run: { startedAt: expect.any(Number) } });
    expect(readdirSync(folder.runsDir)).toEqual([record.now.run?.runID]);
    await waitFor(() => run.attended?.hasEnded, { what: 'its end' });
    const version = join(folder.versionsDir, spec.archive.sha256.slice(0, 16));
    await waitFor(
      () => existsSync(folder.logPath) && readFileSync(folder.logPath, 'utf8') === `${version}\n`,
      {
        what: 'its output',
      },
    );
  });

  test('is forgotten when its end is on record', async () => {
    const { spec, folder, open } = await keep('process.exit(6)');
    const run = open();
    await run.start(spec, signal);
    await waitFor(() => run.attended?.hasEnded, { what: 'its end' });
    const ends: ServiceEnd[] = [];
    await run.end({ hasEnded: true }, (end) => {
      expect(readdirSync(folder.runsDir)).toHaveLength(1);
      ends.push(end);
    });
    expect(ends).toEqual([{ startedAt: expect.any(Number), endedAt: expect.any(Number), exitCode: 6 }]);
    expect([readdirSync(folder.runsDir), run.attended]).toEqual([[], undefined]);
  });

  test('is taken over by the next agent', async () => {
    const { spec, open } = await keep(STAYS);
    const first = open();
    await first.start(spec, signal);
    const pid = await pidOf(first);
    await first.leave();
    const second = open();
    await second.recover(signal);
    expect([await pidOf(second), isAlive(pid)]).toEqual([pid, true]);
  });

  test('that is not on record is ended, and its folder goes', async () => {
    const { spec, folder, record, open } = await keep(STAYS);
    const first = open();
    await first.start(spec, signal);
    const pid = await pidOf(first);
    await first.leave();
    record.save({ run: undefined });
    const second = open();
    await second.recover(signal);
    expect([isAlive(pid), readdirSync(folder.runsDir), second.attended]).toEqual([false, [], undefined]);
  });

  test('that was only about to begin never begins', async () => {
    const { folder, record, open } = await keep(STAYS);
    mkdirSync(join(folder.runsDir, 'abc'), { recursive: true });
    record.save({ run: { runID: 'abc', startedAt: 1 } });
    const run = open();
    await run.recover(signal);
    expect([record.now.run, run.attended, readdirSync(folder.runsDir)]).toEqual([undefined, undefined, []]);
  });
});
