import { expect, test } from '@jest/globals';
import type { LogOrder, SettingFlags } from '../../../../../src/protocol/endpoint.ts';
import { runCommanderAgent } from '../../../../support/run-commander-agent.ts';

const orders: LogOrder[] = [];
async function* serviceLog(_: SettingFlags, order: LogOrder): AsyncGenerator<string, void> {
  orders.push(order);
  yield* await Promise.resolve(['one\n', 'two \u001b]0;title\u0007\n']);
}

test.each<[string[], Partial<LogOrder>]>([
  [[], { tailBytes: 16 * 1024, follow: false }],
  [['--follow'], { tailBytes: 16 * 1024, follow: true }],
  [['-f', '--all'], { tailBytes: Infinity, follow: true }],
])('%j is passed on, and what comes is printed as it is', async (flags, order) => {
  const { code, stdout } = await runCommanderAgent(['services', 'logs', 'web', ...flags], { serviceLog });
  expect([code, stdout]).toEqual([0, 'one\ntwo \u001b]0;title\u0007\n']);
  expect(orders.at(-1)).toEqual({ service: 'web', ...order });
});

test('as JSON each piece is a document of its own', async () => {
  const { stdout } = await runCommanderAgent(['services', 'logs', 'web', '--json'], { serviceLog });
  expect(
    stdout
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as unknown),
  ).toEqual([{ text: 'one\n' }, { text: 'two \u001b]0;title\u0007\n' }]);
});
