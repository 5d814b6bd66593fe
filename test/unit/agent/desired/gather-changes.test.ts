import { expect, test } from '@jest/globals';
import { gatherChanges } from '../../../../src/agent/desired/gather-changes.ts';
import { brokenTask } from '../../../../src/agent/schedule/task-state.ts';
import type { UnitState } from '../../../../src/protocol/schemas/desired.ts';
import { sampleTask } from '../../../support/sample-task.ts';

test('what changes in one go is one message, with the latest state of each', async () => {
  const sent: UnitState[][] = [];
  const changed = gatherChanges((states) => sent.push(states));
  const [one, two] = [sampleTask({}, { name: 'one' }), sampleTask({}, { name: 'two' })];
  const [first, second, third] = [brokenTask(one, 'a', 0), brokenTask(two, 'b', 0), brokenTask(one, 'c', 0)];
  for (const state of [first, second, third]) changed(state);
  expect(sent).toEqual([]);
  await Promise.resolve();
  expect(sent).toEqual([[third, second]]);
  changed(first);
  await Promise.resolve();
  expect(sent[1]).toEqual([first]);
});
