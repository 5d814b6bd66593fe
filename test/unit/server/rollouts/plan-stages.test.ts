import { expect, test } from '@jest/globals';
import { restAfter, stageCount, stagesOf } from '../../../../src/server/rollouts/plan-stages.ts';
import { samplePlan } from '../../../support/sample-rollout.ts';

const AGENTS = Array.from({ length: 200 }, (_, i) => `agent-${i}`);
const stages = [
  { percent: 5, restSeconds: 60 },
  { percent: 25, restSeconds: 30 },
  { percent: 100, restSeconds: 0 },
];

function sizes(stageOf: ReadonlyMap<string, number>): Record<number, number> {
  const counts: Record<number, number> = {};
  for (const stage of stageOf.values()) counts[stage] = (counts[stage] ?? 0) + 1;
  return counts;
}

test('each stage has its share, counted from the first on', () => {
  const stageOf = stagesOf(AGENTS, { rolloutID: 'r', plan: samplePlan({ stages }) });
  expect(sizes(stageOf)).toEqual({ 0: 10, 1: 40, 2: 150 });
});

test('canaries go first, in a stage of their own', () => {
  const plan = samplePlan({ stages, canaries: ['agent-7', 'agent-8'] });
  const stageOf = stagesOf(AGENTS, { rolloutID: 'r', plan });
  expect(sizes(stageOf)).toEqual({ 0: 2, 1: 8, 2: 40, 3: 150 });
  expect([stageOf.get('agent-7'), stageOf.get('agent-8')]).toEqual([0, 0]);
});

test('a few agents still make a first stage of one', () => {
  expect(sizes(stagesOf(['a', 'b', 'c'], { rolloutID: 'r', plan: samplePlan({ stages }) }))).toEqual({
    0: 1,
    2: 2,
  });
});

test('who goes first differs from rollout to rollout, and not from time to time', () => {
  const first = (rolloutID: string): string[] =>
    AGENTS.filter(
      (agentID) => stagesOf(AGENTS, { rolloutID, plan: samplePlan({ stages }) }).get(agentID) === 0,
    );
  expect(first('one')).toEqual(first('one'));
  expect(first('one')).not.toEqual(first('two'));
});

test('canaries count as a stage, and rest as long as the first one', () => {
  const plan = samplePlan({ stages, canaries: ['agent-7'] });
  expect([stageCount(plan), stageCount(samplePlan({ stages }))]).toEqual([4, 3]);
  expect([0, 1, 2].map((stage) => restAfter(stage, plan))).toEqual([60_000, 60_000, 30_000]);
  expect([0, 1].map((stage) => restAfter(stage, samplePlan({ stages })))).toEqual([60_000, 30_000]);
});
