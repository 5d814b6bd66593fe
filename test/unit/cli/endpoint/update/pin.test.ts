import { expect, test } from '@jest/globals';
import type { UpdateOrder } from '../../../../../src/protocol/endpoint.ts';
import { runCommanderAgent } from '../../../../support/run-commander-agent.ts';

test('names the version to stay at', async () => {
  const orders: UpdateOrder[] = [];
  const run = await runCommanderAgent(['update', 'pin', '1.1.0'], {
    orderUpdate: (_, order) => {
      orders.push(order);
      return Promise.resolve({ isTaken: true });
    },
  });
  expect([run.code, orders]).toEqual([0, [{ kind: 'pin', version: '1.1.0' }]]);
});
