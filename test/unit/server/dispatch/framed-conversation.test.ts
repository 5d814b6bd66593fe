import { beforeEach, describe, expect, test } from '@jest/globals';
import type { DesiredNews, DesiredSource } from '../../../../src/server/dispatch/desired-source.ts';
import { FramedConversation } from '../../../../src/server/dispatch/framed-conversation.ts';
import type { ServerStore } from '../../../../src/store/server/open-server-store.ts';
import { useCleanup } from '../../../support/cleanup.ts';
import { jobRecord, openTestStore } from '../../../support/server-records.ts';
import { SettableClock } from '../../../support/settable-clock.ts';

describe('FramedConversation', () => {
  const onEnd = useCleanup();
  let store: ServerStore;
  let sent: string[];
  let unknown: string[];
  let small: Record<string, string>;
  let conversation: FramedConversation;
  let news: DesiredNews | undefined;
  let heard: unknown[];
  const desired: DesiredSource = {
    newsFor: (agentID, revision) => {
      heard.push([agentID, revision]);
      return Promise.resolve(news);
    },
    applied: (agentID, answer) => Promise.resolve(void heard.push([agentID, answer])),
    reported: (agentID, report) => Promise.resolve(void heard.push([agentID, report])),
  };

  beforeEach(() => {
    store = openTestStore(onEnd);
    sent = [];
    unknown = [];
    small = {};
    news = undefined;
    heard = [];
    conversation = new FramedConversation({
      agentID: 'agent-1',
      jobs: store.jobs,
      desired,
      desiredRevision: 3,
      smallArchives: () => Promise.resolve(small),
      logged: (agentID, frame) => heard.push([agentID, frame]),
      clock: new SettableClock(),
      send: (frame) => sent.push(frame),
      onUnknown: (text) => unknown.push(text),
    });
  });

  const queue = async (...jobIDs: string[]): Promise<void> => {
    for (const jobID of jobIDs) await store.jobs.add(jobRecord({ jobID }));
  };
  const say = async (frame: unknown): Promise<void> =>
    await conversation.receive({
      text: typeof frame === 'string' ? frame : JSON.stringify(frame),
      isBinary: false,
    });
  const stateOf = async (jobID: string): Promise<string | undefined> => (await store.jobs.get(jobID))?.state;
  const pushed = (): string[] =>
    sent.flatMap((frame) =>
      (JSON.parse(frame) as { jobs: { jobID: string }[] }).jobs.map(({ jobID }) => jobID),
    );

  test('pushes the whole assignment, archive and all', async () => {
    await queue('a');
    await conversation.push();
    expect(sent).toEqual([JSON.stringify({ jobs: [jobRecord({ jobID: 'a' }).assignment] })]);
  });

  test('sends small archives ahead of the jobs that need them', async () => {
    await queue('a');
    small = { ['0'.repeat(64)]: 'QUJD' };
    await conversation.push();
    expect(sent.map((frame) => Object.keys(JSON.parse(frame) as object))).toEqual([
      ['kind', 'archives'],
      ['jobs'],
    ]);
    expect(sent[0]).toBe(JSON.stringify({ kind: 'archives', archives: small }));
  });

  test('pushes a job once on this connection, however often it is woken', async () => {
    await queue('a');
    await conversation.push();
    await queue('b');
    await conversation.push();
    await conversation.push();
    expect(pushed()).toEqual(['a', 'b']);
  });

  test('takes acks by job, in any order', async () => {
    await queue('a', 'b', 'c');
    await conversation.push();
    await say({ kind: 'ack', jobIDs: ['c', 'a'] });
    expect([await stateOf('a'), await stateOf('b'), await stateOf('c')]).toEqual([
      'accepted',
      'queued',
      'accepted',
    ]);
  });

  test('does not take an ack for a job of another agent', async () => {
    await store.jobs.add(jobRecord({ jobID: 'foreign', agentID: 'agent-2' }));
    await say({ kind: 'ack', jobIDs: ['foreign'] });
    await say({ kind: 'phase', jobID: 'foreign', phase: 'running' });
    expect(await stateOf('foreign')).toBe('queued');
  });

  test('follows phases forward only', async () => {
    await queue('a');
    await conversation.push();
    await say({ kind: 'ack', jobIDs: ['a'] });
    await say({ kind: 'phase', jobID: 'a', phase: 'running' });
    await say({ kind: 'phase', jobID: 'a', phase: 'fetched' });
    expect(await stateOf('a')).toBe('running');
  });

  test.each([
    'ack',
    '{"kind":"output"}',
    '{"kind":"ack","jobIDs":"a"}',
    '[]',
    'null',
    '{"kind":"phase","jobID":"a","phase":"x"}',
  ])('passes over %j and says so', async (text) => {
    await say(text);
    expect({ unknown, sent }).toEqual({ unknown: [text], sent: [] });
  });

  test('ignores fields that it does not know', async () => {
    await queue('a');
    await say({ kind: 'ack', jobIDs: ['a'], since: 1 });
    expect([await stateOf('a'), unknown]).toEqual(['accepted', []]);
  });

  test('tells which jobs to end', () => {
    conversation.cancel(['a', 'b']);
    expect(sent).toEqual(['{"kind":"cancel","jobIDs":["a","b"]}']);
  });

  test('tells whose log to send', () => {
    const request = { kind: 'follow', followID: '1', service: 'web', on: true } as const;
    conversation.follow(request);
    expect(sent).toEqual([JSON.stringify(request)]);
  });

  test('waits for acks when very many jobs are queued, and then goes on', async () => {
    const jobIDs = Array.from({ length: 600 }, (_, index) => `job-${index}`);
    await queue(...jobIDs);
    await conversation.push();
    expect(pushed()).toEqual(jobIDs.slice(0, 500));
    await say({ kind: 'ack', jobIDs: jobIDs.slice(0, 100) });
    expect(pushed()).toHaveLength(500);
    await say({ kind: 'ack', jobIDs: jobIDs.slice(100, 300) });
    expect(pushed()).toEqual(jobIDs);
  });

  test('sends what the agent is to keep, after the jobs, and asks for what is newer than that', async () => {
    await queue('a');
    news = { revision: 4, frame: '{"kind":"desired"}' };
    await conversation.push();
    expect(sent.map((frame) => Object.keys(JSON.parse(frame) as object)[0])).toEqual(['jobs', 'kind']);
    news = undefined;
    await conversation.push();
    expect(heard).toEqual([
      ['agent-1', 3],
      ['agent-1', 4],
    ]);
    expect(sent).toHaveLength(2);
  });

  test('says nothing of desired states to an agent that did not speak of its own', async () => {
    news = { revision: 4, frame: '{"kind":"desired"}' };
    const { jobs } = store;
    const older = new FramedConversation({
      ...{ agentID: 'agent-1', jobs, desired, desiredRevision: undefined, clock: new SettableClock() },
      smallArchives: () => Promise.resolve({}),
      logged: () => undefined,
      send: (frame) => sent.push(frame),
      onUnknown: (text) => unknown.push(text),
    });
    await older.push();
    expect([sent, heard]).toEqual([[], []]);
  });

  test.each([
    { kind: 'applied', revision: 4, problems: [{ name: 'backup', message: 'why' }] },
    { kind: 'units', all: true, units: [] },
    { kind: 'log', followID: '1', text: 'hello', end: 'over' },
  ])('passes on what the agent says to that: %j', async (frame) => {
    await say(frame);
    expect([heard, unknown]).toEqual([[['agent-1', frame]], []]);
  });
});
