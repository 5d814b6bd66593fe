import { expect, test } from '@jest/globals';
import { DAY_MS, DEFAULT_LIFETIMES } from '../../../../src/server/ca/lifetimes.ts';

test('agents have three months, admins half a day, servers what every client accepts', () => {
  const { agentMs, adminMs, serverMs } = DEFAULT_LIFETIMES;
  expect([agentMs / DAY_MS, adminMs / DAY_MS, serverMs / DAY_MS]).toEqual([90, 0.5, 397]);
});
