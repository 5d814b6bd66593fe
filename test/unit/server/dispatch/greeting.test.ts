import { beforeEach, describe, expect, test } from '@jest/globals';
import { silentLogger } from '../../../../src/lib/log.ts';
import type { Hello } from '../../../../src/protocol/schemas/frames.ts';
import {
  converse,
  identify,
  type Caller,
  type GreetingDeps,
} from '../../../../src/server/dispatch/greeting.ts';
import { JobEnds } from '../../../../src/server/dispatch/job-ends.ts';
import type { IdentifiedPeer } from '../../../../src/server/listener/peer.ts';
import type { ServerStore } from '../../../../src/store/server/open-server-store.ts';
import { NOTHING_DESIRED, NO_LOGS } from '../../../support/nothing-desired.ts';
import { useCleanup } from '../../../support/cleanup.ts';
import { NOON, agentRecord, jobRecord, openTestStore } from '../../../support/server-records.ts';
import { SettableClock } from '../../../support/settable-clock.ts';

const PEER: IdentifiedPeer = {
  kind: 'agent',
  subject: 'agent-1',
  serial: '1',
  publicKeyHash: 'k',
  expiresAt: 0,
};

describe('the greeting of a check-in', () => {
  const onEnd = useCleanup();
  let store: ServerStore;
  let deps: GreetingDeps;
  let sent: unknown[];
  let caller: Caller;

  beforeEach(async () => {
    store = openTestStore(onEnd);
    const { agents, jobs } = store;
    const clock = new SettableClock(NOON);
    const ends = new JobEnds({ jobs, clock, onEnd: () => undefined });
    const smallArchives = () => Promise.resolve({});
    deps = {
      agents,
      jobs,
      ends,
      desired: NOTHING_DESIRED,
      logs: NO_LOGS,
      smallArchives,
      clock,
      log: silentLogger,
    };
    sent = [];
    caller = { peer: PEER, protocol: 2, send: (frame) => sent.push(JSON.parse(frame)) };
    await agents.add(agentRecord());
  });

  const say = async (text: string, change: Partial<Caller> = {}): Promise<Hello> =>
    await identify({ text, isBinary: false }, { ...caller, ...change }, deps);

  test('notes what an agent of ours says of itself', async () => {
    const hello = {
      'Agent-ID': 'agent-1',
      protocol: 2,
      version: '1.2.3',
      os: 'Linux',
      arch: 'x64',
      hostname: 'new-name',
      holding: [],
      future: true,
    };
    expect(await say(JSON.stringify(hello))).toEqual(hello);
    expect(await store.agents.get('agent-1')).toMatchObject({
      version: '1.2.3',
      arch: 'x64',
      hostname: 'new-name',
      protocol: 2,
      lastSeenAt: NOON,
    });
  });

  test('reads one key in protocol 1, whatever else is there', async () => {
    const hello = { 'Agent-ID': 'agent-1', hostname: 'x', holding: 'no list', version: 5 };
    expect(await say(JSON.stringify(hello), { protocol: 1 })).toEqual({ 'Agent-ID': 'agent-1' });
    expect(await store.agents.get('agent-1')).toMatchObject({ hostname: 'web-1', protocol: 1 });
  });

  const UNKNOWN = 'agent ID not found, please check ID or register';
  const MISSING = "request is missing the following parameters: headers=['Agent-ID']";
  const NOT_JSON = 'message was not a valid json object';
  test.each([
    ['no JSON', 'hello', NOT_JSON],
    ['JSON that is no object', '"agent-1"', NOT_JSON],
    ['null', 'null', NOT_JSON],
    ['a list', '[]', MISSING],
    ['no ID', '{}', MISSING],
    ['an ID in other letters', '{"agent-id":"agent-1"}', MISSING],
    ['an ID that is no text', '{"Agent-ID":1}', MISSING],
    ['an empty ID', '{"Agent-ID":""}', UNKNOWN],
    ['an unknown ID', '{"Agent-ID":"agent-9"}', UNKNOWN],
  ])('refuses %s in the original’s words', async (_what, text, reason) => {
    for (const protocol of [1, 2] as const) await expect(say(text, { protocol })).rejects.toThrow(reason);
  });

  test('refuses an agent that was revoked', async () => {
    await store.agents.revoke('agent-1', NOON);
    await expect(say('{"Agent-ID":"agent-1"}')).rejects.toThrow(UNKNOWN);
  });

  test('refuses a certificate that is not the agent’s', async () => {
    const peer = { ...PEER, subject: 'agent-2' };
    await expect(say('{"Agent-ID":"agent-1"}', { peer })).rejects.toThrow(
      'agent ID does not belong to this certificate',
    );
  });

  test('refuses a greeting of ours that is wrong where it matters', async () => {
    const text = '{"Agent-ID":"agent-1","holding":"job-1"}';
    await expect(say(text)).rejects.toThrow('the first message is not valid');
  });

  describe('tells what was missed', () => {
    beforeEach(async () => {
      for (const jobID of ['held', 'gone', 'queued', 'unwanted']) await store.jobs.add(jobRecord({ jobID }));
      await store.jobs.accept('agent-1', ['held', 'gone', 'unwanted'], { at: NOON, survivesPowerCut: true });
      await store.jobs.advance('agent-1', 'gone', 'running');
      await store.jobs.requestCancel('unwanted', NOON);
    });

    const lost = async (): Promise<string[]> =>
      (await store.jobs.list({ states: ['finished'] })).map(
        ({ jobID, result }) => `${jobID} ${result?.outcome}`,
      );

    test('jobs that the agent took and no longer holds are lost; those to cancel are named', async () => {
      await converse({ 'Agent-ID': 'agent-1', holding: ['held', 'unwanted'] }, caller, deps);
      expect(await lost()).toEqual(['gone lost']);
      expect(sent).toEqual([{ kind: 'cancel', jobIDs: ['unwanted'] }]);
    });

    test('nothing is lost when the agent does not say what it holds', async () => {
      await converse({ 'Agent-ID': 'agent-1' }, caller, deps);
      expect(await lost()).toEqual([]);
    });

    test('nothing is lost in protocol 1', async () => {
      await converse({ 'Agent-ID': 'agent-1', holding: [] }, { ...caller, protocol: 1 }, deps);
      expect([await lost(), sent]).toEqual([[], []]);
    });
  });
});
