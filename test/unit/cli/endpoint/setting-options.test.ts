import { expect, test } from '@jest/globals';
import { endpointCommand, settingsOf } from '../../../../src/cli/endpoint/setting-options.ts';

test('every command of the agent takes the same settings', () => {
  const made = endpointCommand('x', { summary: 'X', examples: ['commander-agent x'] });
  expect(made.options.map(({ long }) => long)).toEqual(['--json', '--state-dir', '--config', '--log-level']);
});

test('only what was given is handed on, and nothing that is no setting', () => {
  const options = { stateDir: 'd', json: true, token: 't' };
  expect([settingsOf(options), settingsOf({})]).toEqual([{ stateDir: 'd' }, {}]);
});
