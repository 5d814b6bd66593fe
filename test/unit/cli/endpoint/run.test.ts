import { expect, test } from '@jest/globals';
import { AppError } from '../../../../src/lib/errors.ts';
import type { SettingFlags } from '../../../../src/protocol/endpoint.ts';
import { runCommanderAgent } from '../../../support/run-commander-agent.ts';

test('the agent is run with what was typed, and when it has been stopped all is well', async () => {
  const seen: SettingFlags[] = [];
  const run = async (settings: SettingFlags): Promise<void> => {
    seen.push(settings);
    await Promise.resolve();
  };
  const result = await runCommanderAgent(['run', '--state-dir', 'd'], { run });
  expect([seen, result]).toEqual([[{ stateDir: 'd' }], { code: 0, stdout: '', stderr: '' }]);
});

test('an endpoint without an identity says how to get one', async () => {
  const run = (): Promise<never> => Promise.reject(new AppError('NOT_ENROLLED', 'There is no identity'));
  expect(await runCommanderAgent(['run'], { run })).toEqual({
    code: 8,
    stdout: '',
    stderr: 'commander-agent: There is no identity\nEnrol with: commander-agent enroll --token TOKEN\n',
  });
});
