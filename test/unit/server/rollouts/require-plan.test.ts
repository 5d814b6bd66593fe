import { expect, test } from '@jest/globals';
import { requirePlan } from '../../../../src/server/rollouts/require-plan.ts';
import { samplePlan } from '../../../support/sample-rollout.ts';

const stagesOf = (...percents: number[]) => ({
  stages: percents.map((percent) => ({ percent, restSeconds: 0 })),
});

test.each([[[100]], [[5, 50, 100]]])('stages of %j percent make a plan', (percents) => {
  expect(() => requirePlan(samplePlan(stagesOf(...percents)))).not.toThrow();
});

test.each([
  [[50, 50, 100], 'must grow'],
  [[50, 25, 100], 'must grow'],
  [[5, 50], 'end at 100'],
])('stages of %j percent make none: they %s', (percents, why) => {
  expect(() => requirePlan(samplePlan(stagesOf(...percents)))).toThrow(why);
});

test('a window needs a time zone that there is', () => {
  const window = { from: '22:00', to: '04:00', timeZone: 'Europe/Zurich' };
  expect(() => requirePlan(samplePlan({ window }))).not.toThrow();
  expect(() => requirePlan(samplePlan({ window: { ...window, timeZone: 'Mars/North' } }))).toThrow(
    '"Mars/North" is no time zone',
  );
});
