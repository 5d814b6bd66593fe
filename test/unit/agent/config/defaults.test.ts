import { expect, test } from '@jest/globals';
import { checkSettings } from '../../../../src/agent/config/check-settings.ts';
import { defaultConfig } from '../../../../src/agent/config/defaults.ts';

test('the defaults pass their own check, and the state folder is where the platform keeps such things', () => {
  const defaults = defaultConfig({ defaultStateDir: () => '/var/lib/x' });
  expect(checkSettings(defaults, 'The defaults')).toMatchObject({ stateDir: '/var/lib/x' });
});

test('only the executors that the agent was made for are allowed, unless somebody says more', () => {
  const { jobs } = defaultConfig({ defaultStateDir: () => '/x' });
  expect(jobs.executors).toEqual(['binary', 'bash', 'sh', 'python', 'powershell', 'cmd']);
});
