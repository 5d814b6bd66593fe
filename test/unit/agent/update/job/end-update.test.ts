import { mkdirSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { endingOf, endUpdate, giveUp } from '../../../../../src/agent/update/job/end-update.ts';
import { updateAssignment, type UpdateJob } from '../../../../../src/agent/update/job/update-job.ts';
import type { UpdaterOptions } from '../../../../../src/agent/update/job/updater-options.ts';
import { proven, switched } from '../../../../../src/agent/update/switch/switch-state.ts';
import { versionsDirOf } from '../../../../../src/agent/update/switch/versions-folder.ts';
import { systemClock } from '../../../../../src/lib/clock.ts';
import { AppError } from '../../../../../src/lib/errors.ts';
import { silentLogger } from '../../../../../src/lib/log.ts';
import type { JobPhase } from '../../../../../src/store/agent/job-journal.ts';
import { openAgentStore } from '../../../../../src/store/agent/open-agent-store.ts';
import { useCleanup } from '../../../../support/cleanup.ts';
import { UpdatingWorld } from '../../../../support/updating-world.ts';

const onEnd = useCleanup();
const ORIGIN = { updateTo: '1.1.0', updateFrom: '1.0.0' };

/** A change of version that has just been taken up. */
function accepted(): { world: UpdatingWorld; update: UpdateJob; options: UpdaterOptions } {
  const world = new UpdatingWorld(onEnd);
  const store = openAgentStore(world.stateDir, { clock: systemClock, log: silentLogger });
  onEnd(() => store.close());
  const [job] = store.journal.accept([updateAssignment(ORIGIN, { jobID: 'job-1', now: 1 })]);
  if (job === undefined) throw new Error('It was not accepted');
  return { world, update: { job, origin: ORIGIN }, options: world.optionsOf('1.0.0', store) };
}

test('an update that succeeded is said and reported, with the length of what it said', () => {
  const { world, update, options } = accepted();
  endUpdate(update, { outcome: 'succeeded', exitCode: 0 }, options);
  expect(options.journal.get('job-1')).toMatchObject({
    phase: 'exited',
    result: { outcome: 'succeeded', stdoutBytes: world.output().length },
  });
  expect(world.output()).toContain('Version 1.1.0 has proven itself');
  expect([world.calls, world.switchState.bad]).toEqual([['report'], {}]);
});

test('one that was given up is remembered as such', () => {
  const { world, update, options } = accepted();
  giveUp(update, { outcome: 'failed', reason: 'It will not do' }, options);
  expect(options.journal.get('job-1')?.result).toMatchObject({ outcome: 'failed', reason: 'It will not do' });
  expect(world.switchState.bad).toMatchObject({ '1.1.0': { reason: 'It will not do' } });
});

test('one that could not be had is tried again without anybody asking, hours later', () => {
  const { world, update, options } = accepted();
  giveUp(update, { outcome: 'fetch-failed', reason: 'The clock is wrong' }, options);
  const { at = 0, retryAt } = world.switchState.bad['1.1.0'] ?? {};
  expect(retryAt).toBe(at + 6 * 3_600_000);
});

test.each<[JobPhase, string]>([
  ['accepted', 'fetch-failed'],
  ['fetched', 'failed'],
])('an error of one that was %s comes to %s, with its code and its causes', (phase, outcome) => {
  const { update } = accepted();
  const error = new AppError('VERSION_UNFIT', 'It does not work', { cause: new Error('no library') });
  expect(endingOf(error, { ...update, job: { ...update.job, phase } })).toEqual({
    ...{ outcome, reason: 'It does not work: no library', errorCode: 'VERSION_UNFIT' },
  });
});

test.each([
  ['succeeded', ['1.0.5', '1.1.0']],
  ['was given up', ['1.0.4', '1.0.5']],
])('of one that %s the versions are left that may still be started', (how, left) => {
  const { world, update, options } = accepted();
  const isProven = (version: string): void =>
    world.change((state) => proven(switched(state, { version, jobID: 'job-1', at: 1 })));
  for (const version of ['1.0.4', '1.0.5']) isProven(version);
  const versionsDir = versionsDirOf(world.stateDir);
  for (const version of ['1.0.3', '1.0.4', '1.0.5', '1.1.0']) mkdirSync(join(versionsDir, version));
  if (how === 'succeeded') {
    isProven('1.1.0');
    endUpdate(update, { outcome: 'succeeded' }, options);
  } else {
    giveUp(update, { outcome: 'failed', reason: 'It will not do' }, options);
  }
  const folders = readdirSync(versionsDir, { withFileTypes: true }).filter((entry) => entry.isDirectory());
  expect(folders.map(({ name }) => name).sort()).toEqual([...left]);
});
