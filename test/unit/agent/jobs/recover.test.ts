import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { recover } from '../../../../src/agent/jobs/recover.ts';
import { SettableClock } from '../../../support/settable-clock.ts';
import { useCleanup } from '../../../support/cleanup.ts';
import { fixtureProgram, isAlive } from '../../../support/fixture-program.ts';
import { makeFolders, makeJob, makeJobDeps } from '../../../support/job-deps.ts';

const onEnd = useCleanup();
const DAY_MS = 86_400_000;
const RESULT = { outcome: 'succeeded', exitCode: 0, stdoutBytes: 1, stderrBytes: 0 } as const;

test('what was running is ended, and reported as interrupted with what it wrote', async () => {
  const deps = makeJobDeps(onEnd);
  const job = makeJob(deps, {}, [{ phase: 'running' }]);
  const workspace = makeFolders(deps, job);
  writeFileSync(workspace.stdoutPath, 'half a line');
  const left = spawn(process.execPath, [fixtureProgram('ticks.mjs')], {
    env: { [workspace.mark.name]: workspace.mark.value },
    detached: true,
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  onEnd(() => left.kill('SIGKILL'));
  await once(left.stdout, 'data');

  await recover(deps);

  expect(isAlive(left.pid ?? 0)).toBe(false);
  expect(deps.journal.get(job.jobID)).toMatchObject({
    phase: 'exited',
    result: {
      outcome: 'interrupted',
      reason: 'The agent ended while the program ran; whether the program had finished is not known',
      stdoutBytes: 11,
      stderrBytes: 0,
    },
  });
});

test('what was only prepared is prepared again, from the archive that is there', async () => {
  const deps = makeJobDeps(onEnd);
  const jobs = (['fetched', 'extracted'] as const).map((phase) =>
    makeJob(deps, { jobID: phase }, [{ phase }]),
  );
  const { archivePath } = makeFolders(deps, jobs[0] ?? makeJob(deps));
  writeFileSync(archivePath, 'archive');
  await recover(deps);
  expect(jobs.map(({ jobID }) => deps.journal.get(jobID)?.phase)).toEqual(['accepted', 'accepted']);
  expect(existsSync(archivePath)).toBe(true);
});

test('what waits, and what has ended, is left as it is', async () => {
  const deps = makeJobDeps(onEnd);
  const accepted = makeJob(deps, { jobID: 'accepted' });
  const exited = makeJob(deps, { jobID: 'exited' }, [{ phase: 'exited', result: RESULT }]);
  const { stdoutPath } = makeFolders(deps, exited);
  writeFileSync(stdoutPath, 'x');
  await recover(deps);
  expect(deps.journal.active()).toEqual([accepted, exited]);
  expect(existsSync(stdoutPath)).toBe(true);
});

test('folders of no job are removed, and long finished jobs forgotten', async () => {
  const clock = new SettableClock();
  const deps = makeJobDeps(onEnd, { clock, limits: { rememberMs: 30 * DAY_MS } });
  makeJob(deps, { jobID: 'old' }, [{ phase: 'cleaned' }]);
  clock.advance(2 * DAY_MS);
  makeJob(deps, { jobID: 'newer' }, [{ phase: 'cleaned' }]);
  makeFolders(deps, makeJob(deps, { jobID: 'active' }));
  mkdirSync(join(deps.workDir, 'orphan', 'files'), { recursive: true });
  clock.advance(29 * DAY_MS);
  await recover(deps);
  expect(readdirSync(deps.workDir)).toEqual(['active']);
  expect(deps.journal.recent(10).map(({ jobID }) => jobID)).toEqual(['active', 'newer']);
});

test('a work folder that cannot be made says so', async () => {
  const deps = makeJobDeps(onEnd);
  const file = join(deps.workDir, 'file');
  writeFileSync(file, '');
  await expect(recover({ ...deps, workDir: file })).rejects.toMatchObject({
    code: 'STATE_UNWRITABLE',
    message: `Cannot make "${file}" a private folder`,
  });
});
