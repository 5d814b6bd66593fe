import { expect, test } from '@jest/globals';
import type { UpdateOrder } from '../../../../../src/protocol/endpoint.ts';
import { runCommanderAgent } from '../../../../support/run-commander-agent.ts';

test('asks for the version before', async () => {
  const orders: UpdateOrder[] = [];
  const run = await runCommanderAgent(['update', 'rollback'], {
    orderUpdate: (_, order) => {
      orders.push(order);
      return Promise.resolve({ isTaken: true });
    },
  });
  expect([run.code, orders]).toEqual([0, [{ kind: 'rollback' }]]);
});
