import { beforeEach, describe, expect, test } from '@jest/globals';
import { retryWanted, rollBack } from '../../../../../src/agent/update/job/requests-here.ts';
import { updateAssignment } from '../../../../../src/agent/update/job/update-job.ts';
import type { UpdaterOptions } from '../../../../../src/agent/update/job/updater-options.ts';
import { failed, proven, switched } from '../../../../../src/agent/update/switch/switch-state.ts';
import { systemClock } from '../../../../../src/lib/clock.ts';
import { silentLogger } from '../../../../../src/lib/log.ts';
import { openAgentStore, type AgentStore } from '../../../../../src/store/agent/open-agent-store.ts';
import { useCleanup } from '../../../../support/cleanup.ts';
import { UpdatingWorld } from '../../../../support/updating-world.ts';

const onEnd = useCleanup();
const MARK = { reason: 'It hung', at: 9 };
const SWITCH = { version: '1.1.0', jobID: 'job-0', at: 1 };
let world: UpdatingWorld;
let store: AgentStore;
let options: UpdaterOptions;

beforeEach(() => {
  world = new UpdatingWorld(onEnd);
  store = openAgentStore(world.stateDir, { clock: systemClock, log: silentLogger });
  onEnd(() => store.close());
  options = world.optionsOf('1.1.0', store);
});

function acceptedOrigins(): unknown[] {
  return store.journal.recent(5).map(({ assignment }) => assignment.origin);
}

describe('asked to try again, an endpoint forgives', () => {
  test.each([
    ['what the server wants', undefined],
    ['what it is pinned to, rather than what the server wants', '1.2.0'],
  ])('%s', (_, pinned) => {
    const wanted = pinned ?? '1.1.0';
    world.change((state) => ({
      ...failed(failed(state, wanted, MARK), '0.9.0', MARK),
      ...(pinned && { pinned }),
    }));
    retryWanted(options);
    expect(Object.keys(world.switchState.bad)).toEqual(['0.9.0']);
  });

  test('nothing when nobody wants a version', () => {
    world.desired = undefined;
    world.change((state) => failed(state, '1.1.0', MARK));
    retryWanted(options);
    expect(Object.keys(world.switchState.bad)).toEqual(['1.1.0']);
  });
});

describe('a roll-back', () => {
  test('is a job to the previous version; the one left is not taken again', () => {
    world.change((state) => proven(switched(state, SWITCH)));
    rollBack(options);
    expect(acceptedOrigins()).toEqual([{ updateTo: '1.0.0', updateFrom: '1.1.0' }]);
    expect(world.switchState).toMatchObject({ current: '1.1.0', bad: { '1.1.0': {} } });
  });

  test('during a probation ends that, whose own job then ends', () => {
    world.change((state) => switched(state, SWITCH));
    rollBack(options);
    expect(acceptedOrigins()).toEqual([]);
    expect(world.switchState).toMatchObject({ current: '1.0.0', bad: { '1.1.0': {} } });
    expect(world.switchState.probation).toBeUndefined();
  });

  test('changes nothing when there is no version before', () => {
    rollBack(options);
    expect([acceptedOrigins(), world.switchState.bad]).toEqual([[], {}]);
  });

  test('changes nothing when the version before failed here', () => {
    world.change((state) => failed(proven(switched(state, SWITCH)), '1.0.0', MARK));
    rollBack(options);
    expect([acceptedOrigins(), Object.keys(world.switchState.bad)]).toEqual([[], ['1.0.0']]);
  });

  test('changes nothing while another change of version is under way', () => {
    const origin = { updateTo: '1.2.0', updateFrom: '1.1.0' };
    world.change((state) => proven(switched(state, SWITCH)));
    store.journal.accept([updateAssignment(origin, { jobID: 'job-1', now: 1 })]);
    rollBack(options);
    expect([acceptedOrigins(), world.switchState.bad]).toEqual([[origin], {}]);
  });
});
