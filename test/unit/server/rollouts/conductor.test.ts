import { beforeEach, describe, expect, test } from '@jest/globals';
import { silentLogger } from '../../../../src/lib/log.ts';
import { Stopped } from '../../../../src/lib/stopped.ts';
import { Conductor } from '../../../../src/server/rollouts/conductor.ts';
import { stagesOf } from '../../../../src/server/rollouts/plan-stages.ts';
import type { AssignmentTarget } from '../../../../src/store/server/assignment-store.ts';
import type { ServerStore } from '../../../../src/store/server/open-server-store.ts';
import type { JobResultRecord } from '../../../../src/store/server/job-store.ts';
import type { RolloutRecord } from '../../../../src/store/server/rollout-store.ts';
import { useCleanup } from '../../../support/cleanup.ts';
import { samplePlan, sampleRollout } from '../../../support/sample-rollout.ts';
import { agentRecord, openTestStore } from '../../../support/server-records.ts';
import { VirtualClock } from '../../../support/virtual-clock.ts';

const MINUTE = 60_000;
const AGENTS = ['agent-1', 'agent-2', 'agent-3', 'agent-4'];

describe('A rollout', () => {
  const onEnd = useCleanup();
  let store: ServerStore;
  let clock: VirtualClock;
  let conductor: Conductor;
  let connected: Set<string>;
  let changed: AssignmentTarget[];
  let endConductor: () => Promise<void>;

  beforeEach(async () => {
    store = openTestStore(onEnd);
    clock = new VirtualClock('2026-11-23T12:00:00Z');
    connected = new Set(AGENTS);
    changed = [];
    for (const agentID of AGENTS) {
      await store.agents.add(agentRecord({ agentID }));
      await store.agents.seen(agentID, { version: '1.0.0', protocol: 2, at: clock.now() });
    }
    conductor = new Conductor({
      store: store.rollouts,
      checkins: { isConnected: (agentID) => connected.has(agentID) },
      changedFor: (target) => Promise.resolve(void changed.push(target)),
      clock,
      log: silentLogger,
      intervalMs: 1000,
    });
    const stopTime = new AbortController();
    const time = keepTimeGoing(stopTime.signal);
    startConductor();
    onEnd(async () => {
      stopTime.abort(new Stopped('shutdown'));
      await Promise.allSettled([time, endConductor()]);
    });
  });

  function startConductor(): void {
    const stop = new AbortController();
    const loop = conductor.loop(stop.signal);
    endConductor = async () => {
      stop.abort(new Stopped('shutdown'));
      await Promise.allSettled([loop]);
    };
  }

  /** The clock stands still while nobody sleeps, and a conductor without work does not. */
  async function keepTimeGoing(signal: AbortSignal): Promise<void> {
    for (;;) await clock.sleep(1000, signal);
  }

  async function begin(change: Partial<RolloutRecord> = {}): Promise<void> {
    const rollout = sampleRollout(change);
    await store.rollouts.add(rollout, stagesOf(AGENTS, rollout));
    conductor.wake();
    await clock.advance(500);
  }

  async function pass(ms: number): Promise<void> {
    await clock.advance(ms);
  }

  async function told(): Promise<string[]> {
    return [...(await store.rollouts.offers({})).keys()].sort();
  }

  /** They come back with the version, which has yet to prove itself there. */
  async function arrive(...agentIDs: string[]): Promise<void> {
    for (const agentID of agentIDs)
      await store.agents.seen(agentID, { version: '1.1.0', protocol: 2, at: clock.now() });
  }

  async function report(agentID: string, result: Omit<JobResultRecord, 'reported'>): Promise<void> {
    const origin = { updateTo: '1.1.0', updateFrom: '1.0.0' };
    await store.jobs.addFinished({
      ...{ jobID: `update-${agentID}`, agentID, state: 'finished' },
      assignment: { jobID: `update-${agentID}`, executor: 'builtin', filename: 'update', origin },
      ...{ createdAt: clock.now(), finishedAt: clock.now() },
      result: { ...result, reported: {} },
    });
  }

  async function update(...agentIDs: string[]): Promise<void> {
    await arrive(...agentIDs);
    for (const agentID of agentIDs) await report(agentID, { outcome: 'succeeded' });
  }

  async function fail(agentID: string): Promise<void> {
    await report(agentID, { outcome: 'failed', reason: 'It crashed' });
  }

  async function now(): Promise<RolloutRecord | undefined> {
    return await store.rollouts.get('rollout-1');
  }

  test('goes through its stages and sets the version of its group', async () => {
    await begin();
    const first = await told();
    expect(first).toHaveLength(2);
    expect(changed).toEqual(expect.arrayContaining(first.map((agentID) => ({ agentID }))));
    await update(...first);
    await pass(MINUTE - 2000);
    expect(await told()).toEqual(first);
    await pass(5000);
    expect(await told()).toEqual(AGENTS);
    await update(...AGENTS.filter((agentID) => !first.includes(agentID)));
    await pass(2000);
    expect(await now()).toMatchObject({ state: 'completed' });
    expect(await store.groups.get('default')).toMatchObject({ agentVersion: '1.1.0' });
  });

  test('begins with its canaries', async () => {
    await begin({ plan: samplePlan({ canaries: ['agent-3'] }) });
    expect(await told()).toEqual(['agent-3']);
  });

  test('halts when an agent fails, and says why', async () => {
    await begin();
    await fail((await told())[0] ?? '');
    await pass(2000);
    expect(await now()).toMatchObject({
      state: 'paused',
      reason: expect.stringContaining('1 failed') as unknown,
    });
  });

  test('waits until the version has proven itself, and halts when it crashes after it had checked in', async () => {
    await begin();
    const first = await told();
    await arrive(...first);
    await pass(10 * MINUTE);
    expect(await now()).toMatchObject({ state: 'running', stage: 0 });
    await fail(first[0] ?? '');
    await pass(2000);
    expect(await now()).toMatchObject({ state: 'paused', stage: 0 });
    expect(await told()).toEqual(first);
  });

  test('waits for no proof of those that ran the version before', async () => {
    await arrive(...AGENTS);
    await begin();
    await pass(2000);
    expect((await now())?.restsUntil).toBeDefined();
  });

  test('goes on without an agent that is pinned after it was told', async () => {
    await begin();
    const [first = '', second = ''] = await told();
    await update(first);
    await pass(2000);
    expect((await now())?.restsUntil).toBeUndefined();
    await store.agents.change(second, { pinnedVersion: '1.0.0' });
    await pass(2000);
    expect((await now())?.restsUntil).toBeDefined();
  });

  test('halts when its only canary is revoked, rather than go on with nothing shown', async () => {
    await begin({ plan: samplePlan({ canaries: ['agent-3'] }) });
    await store.agents.revoke('agent-3', clock.now());
    await pass(2000);
    expect(await now()).toMatchObject({ state: 'paused', stage: 0 });
    expect(await told()).toEqual(['agent-3']);
  });

  test('that has halted still hears what comes of those that were told', async () => {
    await begin({ plan: samplePlan({ stages: [{ percent: 100, restSeconds: 0 }] }) });
    await fail('agent-1');
    await pass(2000);
    expect(await now()).toMatchObject({ state: 'paused' });
    await fail('agent-2');
    await update('agent-3');
    await pass(2000);
    const counts = await store.rollouts.count('rollout-1', { stage: 0, lateBefore: 0 });
    expect(counts).toMatchObject({ failed: 2, updated: 1 });
  });

  test('takes nobody for silent whom the server could not have seen: it was away itself', async () => {
    await begin();
    const before = await told();
    await endConductor();
    await pass(20 * MINUTE);
    connected.clear();
    startConductor();
    await pass(9 * MINUTE);
    expect(await now()).toMatchObject({ state: 'running' });
    expect(await told()).toEqual(before);
    await pass(2 * MINUTE);
    expect(await now()).toMatchObject({ state: 'paused' });
  });

  test('halts when an agent falls silent, but not before its time', async () => {
    await begin();
    connected.delete((await told())[0] ?? '');
    await pass(9 * MINUTE);
    expect(await now()).toMatchObject({ state: 'running' });
    await pass(2 * MINUTE);
    expect(await now()).toMatchObject({
      state: 'paused',
      reason: expect.stringContaining('silent') as unknown,
    });
  });

  test('does not halt for an agent that is connected and busy', async () => {
    await begin();
    await pass(60 * MINUTE);
    expect(await now()).toMatchObject({ state: 'running', stage: 0 });
  });

  test('tells an agent that was away when it comes back', async () => {
    connected.clear();
    await begin();
    expect([await told(), conductor.waitsFor('rollout-1')]).toEqual([[], 'agents']);
    for (const agentID of AGENTS) connected.add(agentID);
    await pass(2000);
    expect(await told()).toHaveLength(2);
  });

  test('tells so many at once; who has arrived makes room for the next', async () => {
    const plan = samplePlan({ atOnce: 1, stages: [{ percent: 100, restSeconds: 0 }] });
    await begin({ plan });
    await pass(5000);
    const [first = ''] = await told();
    expect(await told()).toEqual([first]);
    await arrive(first);
    await pass(5000);
    expect(await told()).toHaveLength(2);
  });

  test('tells nobody outside its window', async () => {
    const window = { from: '12:30', to: '13:00', timeZone: 'UTC' };
    await begin({ plan: samplePlan({ window }) });
    expect([await told(), conductor.waitsFor('rollout-1')]).toEqual([[], 'window']);
    await pass(31 * MINUTE);
    expect(await told()).toHaveLength(2);
  });

  test('tells nobody while it is paused', async () => {
    await begin({ plan: samplePlan({ atOnce: 1 }) });
    await store.rollouts.change('rollout-1', { state: 'paused' });
    await update(...(await told()));
    await pass(10 * MINUTE);
    expect(await told()).toHaveLength(1);
  });
});
