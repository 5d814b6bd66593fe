import { expect, test } from '@jest/globals';
import { orderUpdate, readUpdate, updateRequests } from '../../../../src/agent/compose/version.ts';
import { loadSwitch, saveSwitch } from '../../../../src/agent/update/switch/switch-file.ts';
import { initialState, proven, switched } from '../../../../src/agent/update/switch/switch-state.ts';
import { systemClock } from '../../../../src/lib/clock.ts';
import { useCleanup } from '../../../support/cleanup.ts';
import { makeTempDir } from '../../../support/temp-dir.ts';

const onEnd = useCleanup();
const host = { clock: systemClock };

test('an endpoint that was never updated runs what is installed', () => {
  const { current, base, bad, jobs } = readUpdate({ stateDir: makeTempDir(onEnd) });
  expect([current, bad, jobs]).toEqual([base, [], []]);
});

test('pinned to a version that failed here, it is to try that one; unpinned, it is as before', async () => {
  const stateDir = makeTempDir(onEnd);
  saveSwitch(stateDir, { ...initialState('1.0.0'), bad: { '1.1.0': { reason: 'It hung', at: 0 } } });
  await orderUpdate({ stateDir }, { kind: 'pin', version: '1.1.0' }, host);
  expect(readUpdate({ stateDir })).toMatchObject({ pinned: '1.1.0', bad: [] });
  await orderUpdate({ stateDir }, { kind: 'unpin' }, host);
  expect(loadSwitch(stateDir)).toEqual(initialState('1.0.0'));
});

test('a roll-back with nothing to go back to is refused; else it waits for the agent that runs next', async () => {
  const stateDir = makeTempDir(onEnd);
  await expect(orderUpdate({ stateDir }, { kind: 'rollback' }, host)).rejects.toMatchObject({
    code: 'RELEASE_NOT_FOUND',
  });
  const state = switched(initialState('1.0.0'), { version: '1.1.0', jobID: 'job-1', at: 0 });
  saveSwitch(stateDir, proven(state));
  expect(await orderUpdate({ stateDir }, { kind: 'rollback' }, host)).toEqual({ isTaken: false });
  expect(updateRequests({ stateDir }).isTaken('rollback')).toBe(false);
});
