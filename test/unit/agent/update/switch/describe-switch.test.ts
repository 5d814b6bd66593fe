import { expect, test } from '@jest/globals';
import { describeSwitch } from '../../../../../src/agent/update/switch/describe-switch.ts';
import { initialState, switched } from '../../../../../src/agent/update/switch/switch-state.ts';

test('times are instants, and what failed here is a list', () => {
  const bad = {
    '1.0.5': { reason: 'It ended', at: 1000 },
    '1.0.6': { reason: 'Gone', at: 0, retryAt: 3000 },
  };
  const state = { ...initialState('1.0.0'), bad };
  expect(describeSwitch(switched(state, { version: '1.1.0', jobID: 'job-1', at: 2000 }))).toMatchObject({
    ...{ base: '1.0.0', current: '1.1.0', previous: '1.0.0' },
    probation: { version: '1.1.0', from: '1.0.0', since: '1970-01-01T00:00:02.000Z', starts: 0 },
    bad: [
      { version: '1.0.5', reason: 'It ended', at: '1970-01-01T00:00:01.000Z' },
      { version: '1.0.6', at: '1970-01-01T00:00:00.000Z', retryAt: '1970-01-01T00:00:03.000Z' },
    ],
  });
});
