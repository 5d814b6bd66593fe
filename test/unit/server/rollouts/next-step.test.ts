import { expect, test } from '@jest/globals';
import { nextStep, type NextStep } from '../../../../src/server/rollouts/next-step.ts';
import type { RolloutCounts, RolloutRecord } from '../../../../src/store/server/rollout-store.ts';
import { samplePlan, sampleRollout } from '../../../support/sample-rollout.ts';
import { NOON } from '../../../support/server-records.ts';

const NONE = { agents: 10, offered: 0, updated: 0, failed: 0, silent: 0 };

function stepOf(
  counts: Partial<RolloutCounts>,
  { candidates = 0, ...rollout }: Partial<RolloutRecord> & { candidates?: number } = {},
): NextStep {
  const progress = { counts: { ...NONE, ...counts }, candidates, now: NOON };
  return nextStep(sampleRollout(rollout), progress);
}

test.each<[string, NextStep['kind'], Partial<RolloutCounts>, object]>([
  ['agents that may be told are told', 'offer', {}, { candidates: 3 }],
  ['while nobody is there it waits', 'wait', {}, {}],
  ['while somebody is on the way it waits', 'wait', { offered: 5, updated: 4 }, {}],
  ['when all are there it rests', 'rest', { offered: 5, updated: 5 }, {}],
  ['those that are away hold nothing up', 'rest', { offered: 2, updated: 2 }, {}],
  ['a few failures hold nothing up', 'rest', { offered: 10, updated: 8, failed: 1, silent: 1 }, {}],
  ['more failures halt it', 'halt', { offered: 10, updated: 7, failed: 2, silent: 1 }, { candidates: 3 }],
  ['one failure of one halts it', 'halt', { offered: 1, failed: 1 }, {}],
  ['accepted failures do not', 'rest', { offered: 10, updated: 7, failed: 3 }, { tolerated: 3 }],
  ['one more than accepted does', 'halt', { offered: 10, updated: 6, failed: 4 }, { tolerated: 3 }],
  [
    'if nobody has shown that the version is good, it waits',
    'wait',
    { offered: 1, silent: 1 },
    { tolerated: 1 },
  ],
  ['a rest lasts', 'wait', { offered: 5, updated: 5 }, { restsUntil: NOON + 1 }],
  ['and ends', 'advance', { offered: 5, updated: 5 }, { restsUntil: NOON }],
  [
    'also a rest is ended by failures',
    'halt',
    { offered: 5, updated: 3, failed: 2 },
    { restsUntil: NOON + 1 },
  ],
  ['after the last stage it is complete', 'complete', { offered: 5, updated: 5 }, { stage: 1 }],
  ['an empty group is complete', 'complete', { agents: 0 }, { stage: 1 }],
])('%s: %s', (_, kind, counts, rollout) => {
  expect(stepOf(counts, rollout).kind).toBe(kind);
});

test('a rest is as long as the stage says', () => {
  expect(stepOf({ offered: 5, updated: 5 })).toEqual({ kind: 'rest', until: NOON + 60_000 });
});

test('a stage without a rest is followed by the next one at once', () => {
  const plan = samplePlan({ canaries: ['agent-1'], stages: [{ percent: 100, restSeconds: 0 }] });
  expect(stepOf({ agents: 1, offered: 1, updated: 1 }, { plan })).toEqual({ kind: 'advance', stage: 1 });
});

test('a halt says what happened', () => {
  expect(stepOf({ offered: 10, failed: 2, silent: 1 })).toEqual({
    kind: 'halt',
    reason: '2 failed and 1 fell silent of 10 agents, more than 20 %',
  });
});
