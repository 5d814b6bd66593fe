import { expect, test } from '@jest/globals';
import { splayOf } from '../../../../src/agent/schedule/splay.ts';

test('is the same at every look, of its own for each agent and task, and within its bounds', () => {
  expect(splayOf('agent-1', 'cleanup', 600)).toBe(splayOf('agent-1', 'cleanup', 600));
  expect(splayOf('agent-1', 'cleanup', 600)).not.toBe(splayOf('agent-1', 'backup', 600));
  expect(splayOf('agent-1', 'cleanup')).toBe(0);
});

test('spreads a fleet evenly', () => {
  const quarters = [0, 0, 0, 0];
  for (let agent = 0; agent < 4000; agent++) {
    const quarter = Math.floor(splayOf(`agent-${agent}`, 'cleanup', 600) / 150_000);
    quarters[quarter] = (quarters[quarter] ?? 0) + 1;
  }
  expect(Math.min(...quarters)).toBeGreaterThan(900);
  expect(quarters).toHaveLength(4);
});
