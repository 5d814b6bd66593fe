import { expect, test } from '@jest/globals';
import type { ServiceChange } from '../../../../../src/protocol/endpoint.ts';
import { runCommanderAgent } from '../../../../support/run-commander-agent.ts';
import { withService } from '../../../../support/service-actions.ts';

test.each<[string[], boolean, ServiceChange, string]>([
  [[], false, { changed: true }, 'Uninstalled.\n'],
  [[], false, { changed: false }, 'There was nothing to uninstall.\n'],
  [['--purge'], true, { changed: true, removedDir: '/s' }, 'Uninstalled, and removed the state in "/s".\n'],
])('uninstalled with %j, it says what went', async (argv, purge, change, stderr) => {
  const seen: unknown[] = [];
  const uninstall = (...args: unknown[]): Promise<ServiceChange> => {
    seen.push(args);
    return Promise.resolve(change);
  };
  const options = ['service', 'uninstall', '--state-dir', '/s', ...argv];
  const run = await runCommanderAgent(options, withService({ uninstall }));
  expect([seen, run]).toEqual([[[{ stateDir: '/s' }, { purge }]], { code: 0, stdout: '', stderr }]);
});
