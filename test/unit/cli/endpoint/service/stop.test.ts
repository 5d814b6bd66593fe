import { expect, test } from '@jest/globals';
import { AppError } from '../../../../../src/lib/errors.ts';
import type { ServiceChange } from '../../../../../src/protocol/endpoint.ts';
import { runCommanderAgent } from '../../../../support/run-commander-agent.ts';
import { withService } from '../../../../support/service-actions.ts';

test.each<[string[], boolean, ServiceChange, string]>([
  [[], false, { changed: true }, 'Stopped.\n'],
  [[], false, { changed: false }, 'It was not running.\n'],
  [['--with-services'], true, { changed: true }, 'Stopped.\n'],
])('stopped with %j, it says what was done', async (argv, endsServices, change, stderr) => {
  const seen: unknown[] = [];
  const stop = (...args: unknown[]): Promise<ServiceChange> => {
    seen.push(args);
    return Promise.resolve(change);
  };
  const run = await runCommanderAgent(
    ['service', 'stop', '--state-dir', '/s', ...argv],
    withService({ stop }),
  );
  const order = { withServices: endsServices };
  expect([seen, run]).toEqual([[[{ stateDir: '/s' }, order]], { code: 0, stdout: '', stderr }]);
});

test('who may not is told so, with the exit code for it', async () => {
  const stop = (): Promise<never> => Promise.reject(new AppError('ADMIN_REQUIRED', 'Use "sudo"'));
  const run = await runCommanderAgent(['service', 'stop'], withService({ stop }));
  expect(run).toEqual({ code: 5, stdout: '', stderr: 'commander-agent: Use "sudo"\n' });
});
