import { expect, test } from '@jest/globals';
import { nextStep, type NextStep, type WaitsFor } from '../../../../src/server/rollouts/next-step.ts';
import type { RolloutCounts, RolloutRecord } from '../../../../src/store/server/rollout-store.ts';
import { samplePlan, sampleRollout } from '../../../support/sample-rollout.ts';
import { NOON } from '../../../support/server-records.ts';

const NONE = { agents: 10, offered: 0, updated: 0, failed: 0, silent: 0, gone: 0, late: 0 };

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
  ['nor do those that are late or gone', 'rest', { offered: 5, updated: 3, late: 1, gone: 1 }, {}],
  ['a few failures hold nothing up', 'rest', { offered: 10, updated: 8, failed: 1, silent: 1 }, {}],
  ['more failures halt it', 'halt', { offered: 10, updated: 7, failed: 2, silent: 1 }, { candidates: 3 }],
  ['one failure of one halts it', 'halt', { offered: 1, failed: 1 }, {}],
  ['accepted failures do not', 'rest', { offered: 10, updated: 7, failed: 3 }, { tolerated: 3 }],
  ['nor one more of many', 'rest', { offered: 10, updated: 6, failed: 4 }, { tolerated: 3 }],
  ['but too many more', 'halt', { offered: 10, updated: 5, failed: 5 }, { tolerated: 3 }],
  [
    'if nobody can show any more that the version is good, it halts',
    'halt',
    { offered: 2, silent: 1, gone: 1 },
    { tolerated: 1 },
  ],
  ['if somebody is late who can, it waits', 'wait', { offered: 2, silent: 1, late: 1 }, { tolerated: 1 }],
  [
    'if an admin has accepted that, it goes on',
    'rest',
    { offered: 2, silent: 1, gone: 1 },
    { tolerated: 1, acceptedStage: 0 },
  ],
  [
    'with the next stage, which has to show it again',
    'halt',
    { offered: 2, silent: 1, gone: 1 },
    { tolerated: 1, acceptedStage: 0, stage: 1 },
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

test.each<[WaitsFor, Partial<RolloutCounts>, object]>([
  ['agents', {}, {}],
  ['reports', { offered: 2, updated: 1 }, {}],
  ['rest', { offered: 2, updated: 2 }, { restsUntil: NOON + 1 }],
])('it says that it waits for: %s', (what, counts, rollout) => {
  expect(stepOf(counts, rollout)).toEqual({ kind: 'wait', for: what });
});

test('a rest is as long as the stage says', () => {
  expect(stepOf({ offered: 5, updated: 5 })).toEqual({ kind: 'rest', until: NOON + 60_000 });
});

test('a stage without a rest is followed by the next one at once', () => {
  const plan = samplePlan({ canaries: ['agent-1'], stages: [{ percent: 100, restSeconds: 0 }] });
  expect(stepOf({ agents: 1, offered: 1, updated: 1 }, { plan })).toEqual({ kind: 'advance', stage: 1 });
});

test('a halt for want of any proof says so', () => {
  expect(stepOf({ offered: 3, failed: 1, silent: 1, gone: 1 }, { tolerated: 2 })).toEqual({
    kind: 'halt',
    reason:
      'None of 3 agents has shown that the version works: 1 failed, 1 fell silent, 1 were revoked, pinned or moved',
  });
});

test('a halt says what happened', () => {
  expect(stepOf({ offered: 10, failed: 2, silent: 1 })).toEqual({
    kind: 'halt',
    reason: '2 failed and 1 fell silent of 10 agents, more than 20 %',
  });
});
