import { expect, test } from '@jest/globals';
import { runCommanderAgent } from '../../../../support/run-commander-agent.ts';

test.each([
  [true, '"web" is being started anew.\n'],
  [false, '"web" is started anew as soon as the agent runs.\n'],
])('says whether it is done now (taken: %j)', async (isTaken, text) => {
  const run = await runCommanderAgent(['services', 'restart', 'web'], {
    restartService: (_, service) => Promise.resolve({ service, isTaken }),
  });
  expect(run).toMatchObject({ code: 0, stdout: text });
});
