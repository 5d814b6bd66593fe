import { expect, test } from '@jest/globals';
import { runCommanderAgent } from '../../../../support/run-commander-agent.ts';

test('a noun without a verb shows its verbs', async () => {
  const { code, stderr } = await runCommanderAgent(['service'], {});
  expect(code).toBe(2);
  for (const verb of ['install', 'uninstall', 'start', 'stop', 'status', 'run'])
    expect(stderr).toMatch(new RegExp(`^ {2}${verb} `, 'm'));
});
