import { expect, test } from '@jest/globals';
import { runCommanderAgent } from '../../../../support/run-commander-agent.ts';

test.each([
  [true, 'Looking which version is to run here.\n'],
  [false, 'Looking which version is to run here, as soon as the agent runs.\n'],
])('says whether it is done now (taken: %j)', async (isTaken, stdout) => {
  const run = await runCommanderAgent(['update', 'check'], {
    orderUpdate: () => Promise.resolve({ isTaken }),
  });
  expect(run).toMatchObject({ code: 0, stdout });
});
