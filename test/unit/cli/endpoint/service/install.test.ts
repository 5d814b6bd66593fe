import { expect, test } from '@jest/globals';
import type { SettingFlags } from '../../../../../src/protocol/endpoint.ts';
import { runCommanderAgent } from '../../../../support/run-commander-agent.ts';
import { withService } from '../../../../support/service-actions.ts';

test.each([
  [true, 'Installed. Start it now with: commander-agent service start\n'],
  [false, 'Installed already; nothing was changed.\n'],
])('installed with what was typed (changed: %s)', async (changed, stderr) => {
  const seen: SettingFlags[] = [];
  const install = (settings: SettingFlags): Promise<{ changed: boolean }> => {
    seen.push(settings);
    return Promise.resolve({ changed });
  };
  const argv = ['service', 'install', '--state-dir', 'd', '--config', 'c'];
  const run = await runCommanderAgent(argv, withService({ install }));
  expect([seen, run]).toEqual([[{ stateDir: 'd', config: 'c' }], { code: 0, stdout: '', stderr }]);
});
