import { beforeEach, describe, expect, test } from '@jest/globals';
import { OriginalConversation } from '../../../../src/server/dispatch/original-conversation.ts';
import { MAX_PUSH_BYTES, originalFields } from '../../../../src/server/dispatch/pushes.ts';
import type { ServerStore } from '../../../../src/store/server/open-server-store.ts';
import { useCleanup } from '../../../support/cleanup.ts';
import { jobRecord, openTestStore } from '../../../support/server-records.ts';
import { SettableClock } from '../../../support/settable-clock.ts';

describe('OriginalConversation', () => {
  const onEnd = useCleanup();
  let clock: SettableClock;
  let store: ServerStore;
  let sent: string[];
  let conversation: OriginalConversation;

  beforeEach(() => {
    clock = new SettableClock();
    store = openTestStore(onEnd);
    sent = [];
    conversation = new OriginalConversation({
      agentID: 'agent-1',
      jobs: store.jobs,
      clock,
      send: (frame) => sent.push(frame),
    });
  });

  const queue = async (jobID: string, argv: string[] = []): Promise<void> => {
    const job = jobRecord({ jobID });
    await store.jobs.add({ ...job, assignment: { ...job.assignment, argv } });
  };
  const say = async (text: string, isBinary = false): Promise<void> =>
    await conversation.receive({ text, isBinary });
  const stateOf = async (jobID: string): Promise<string | undefined> => (await store.jobs.get(jobID))?.state;
  const pushed = (): string[][] =>
    sent.map((frame) => (JSON.parse(frame) as { jobs: { jobID: string }[] }).jobs.map(({ jobID }) => jobID));

  test('says nothing while nothing is queued', async () => {
    await conversation.push();
    await say('ack');
    expect(sent).toEqual([]);
  });

  test('pushes all that is queued in one message of the original’s form', async () => {
    await queue('a');
    await queue('b');
    await conversation.push();
    const jobs = ['a', 'b'].map((jobID) => originalFields(jobRecord({ jobID }).assignment));
    expect(sent).toEqual([JSON.stringify({ jobs })]);
  });

  test('covers a whole push with one ack', async () => {
    for (const jobID of ['a', 'b', 'c', 'd', 'e']) await queue(jobID);
    await conversation.push();
    await say('ack');
    expect(await store.jobs.queued('agent-1')).toEqual([]);
    expect(pushed()).toEqual([['a', 'b', 'c', 'd', 'e']]);
  });

  test('holds back a second push until the first is acknowledged', async () => {
    await queue('a');
    await conversation.push();
    await queue('b');
    await conversation.push();
    expect(pushed()).toEqual([['a']]);
    await say('ack');
    expect(pushed()).toEqual([['a'], ['b']]);
    expect([await stateOf('a'), await stateOf('b')]).toEqual(['accepted', 'queued']);
  });

  test('ignores a surplus ack instead of keeping it for the next push', async () => {
    await queue('a');
    await conversation.push();
    await say('ack');
    await say('ack');
    await queue('b');
    await conversation.push();
    expect(await stateOf('b')).toBe('queued');
  });

  test.each([
    ['other letters', 'ACK', false],
    ['JSON', '"ack"', false],
    ['a binary ack', 'ack', true],
    ['nothing', '', false],
  ])('sends the same push again at %s', async (_what, text, isBinary) => {
    await queue('a');
    await conversation.push();
    await queue('b');
    await say(text, isBinary);
    expect(sent).toHaveLength(2);
    expect(sent[1]).toBe(sent[0]);
    expect(await stateOf('a')).toBe('queued');
  });

  test('does not let wrong words make it repeat itself without end', async () => {
    await queue('a');
    await conversation.push();
    for (let count = 0; count < 1000; count++) await say('again');
    expect(sent).toHaveLength(1 + 10);
    clock.advance(2000);
    for (let count = 0; count < 1000; count++) await say('again');
    expect(sent).toHaveLength(1 + 12);
  });

  test('splits what is too large for one push, each part with its own ack', async () => {
    for (const jobID of ['a', 'b', 'c']) await queue(jobID, ['x'.repeat(MAX_PUSH_BYTES / 2)]);
    await conversation.push();
    await say('ack');
    await say('ack');
    expect(pushed()).toEqual([['a'], ['b'], ['c']]);
    expect([await stateOf('b'), await stateOf('c')]).toEqual(['accepted', 'queued']);
  });

  test('has no word for cancel and follow', () => {
    conversation.cancel();
    conversation.follow();
    expect(sent).toEqual([]);
  });
});
