import { readdirSync } from 'node:fs';
import { expect, test } from '@jest/globals';
import { removeWorkspace } from '../../../../src/agent/jobs/remove-workspace.ts';
import { useCleanup } from '../../../support/cleanup.ts';
import { makeFolders, makeJob, makeJobDeps, makeStepContext } from '../../../support/job-deps.ts';

const onEnd = useCleanup();

test('the job’s folder goes, and no other; once more does no harm', async () => {
  const deps = makeJobDeps(onEnd);
  const [one, other] = [makeJob(deps, { jobID: 'one' }), makeJob(deps, { jobID: 'other' })];
  for (const job of [one, other]) makeFolders(deps, job);
  for (let attempt = 0; attempt < 2; attempt++)
    await expect(removeWorkspace(one, makeStepContext(deps))).resolves.toEqual({ phase: 'cleaned' });
  expect(readdirSync(deps.workDir)).toEqual(['other']);
});
