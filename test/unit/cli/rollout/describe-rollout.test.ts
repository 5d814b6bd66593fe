import { expect, test } from '@jest/globals';
import { progressOf, stateOf } from '../../../../src/cli/rollout/describe-rollout.ts';
import { sampleRolloutView } from '../../../support/sample-views.ts';

const NOW = Date.parse('2026-11-23T12:00:00Z');
const NONE = { agents: 30, offered: 0, updated: 0, failed: 0, silent: 0, gone: 0, late: 0 };

test.each([
  [{}, '[------------------------------] 0/30'],
  [{ offered: 10 }, '[>>>>>>>>>>--------------------] 0/30'],
  [{ offered: 10, updated: 6, failed: 1, silent: 1 }, '[######!!>>--------------------] 6/30'],
  [{ offered: 10, updated: 6, gone: 1, late: 1 }, '[######!!>>--------------------] 6/30'],
  [{ offered: 30, updated: 30 }, '[##############################] 30/30'],
  [{ agents: 0 }, '[------------------------------] 0/0'],
])('%j is drawn', (counts, bar) => {
  expect(progressOf({ ...NONE, ...counts })).toBe(bar);
});

test.each([
  [{}, 'stage 1 of 2, 3 on their way'],
  [{ waitsFor: 'reports' }, 'stage 1 of 2, 3 on their way'],
  [{ waitsFor: 'window' }, 'stage 1 of 2, 3 on their way, waits for its window'],
  [{ waitsFor: 'agents' }, 'stage 1 of 2, waits for agents to connect'],
  [{ restsUntil: '2026-11-23T12:30:00Z' }, 'stage 1 of 2, next one in 30 min'],
  [{ state: 'paused' }, 'paused'],
  [{ state: 'paused', reason: '2 failed' }, 'halted: 2 failed'],
  [{ state: 'completed' }, 'completed'],
  [{ state: 'aborted' }, 'aborted'],
] as const)('%j is said in a sentence', (change, sentence) => {
  expect(stateOf(sampleRolloutView(change), NOW)).toBe(sentence);
});
