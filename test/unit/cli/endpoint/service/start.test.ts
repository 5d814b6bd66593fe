import { expect, test } from '@jest/globals';
import { AppError } from '../../../../../src/lib/errors.ts';
import { runCommanderAgent } from '../../../../support/run-commander-agent.ts';
import { withService } from '../../../../support/service-actions.ts';

test.each([
  [true, 'Started.\n'],
  [false, 'It runs already.\n'],
])('it says what was done (changed: %s)', async (changed, stderr) => {
  const start = (): Promise<{ changed: boolean }> => Promise.resolve({ changed });
  const run = await runCommanderAgent(['service', 'start'], withService({ start }));
  expect(run).toEqual({ code: 0, stdout: '', stderr });
});

test('who may not is told so, with the exit code for it', async () => {
  const start = (): Promise<never> => Promise.reject(new AppError('ADMIN_REQUIRED', 'Use "sudo"'));
  const run = await runCommanderAgent(['service', 'start'], withService({ start }));
  expect(run).toEqual({ code: 5, stdout: '', stderr: 'commander-agent: Use "sudo"\n' });
});
