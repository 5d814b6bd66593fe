import { expect, test } from '@jest/globals';
import type { SettingFlags } from '../../../../../src/protocol/endpoint.ts';
import { runCommanderAgent } from '../../../../support/run-commander-agent.ts';
import { withService } from '../../../../support/service-actions.ts';

test('the service runs with the settings that it was installed with', async () => {
  const seen: SettingFlags[] = [];
  const run = (settings: SettingFlags): Promise<void> => {
    seen.push(settings);
    return Promise.resolve();
  };
  const result = await runCommanderAgent(['service', 'run', '--state-dir', '/s'], withService({ run }));
  expect([seen, result]).toEqual([[{ stateDir: '/s' }], { code: 0, stdout: '', stderr: '' }]);
});
