import { expect, test } from '@jest/globals';
import { LogFollowers } from '../../../../src/agent/checkin/log-followers.ts';
import { silentLogger } from '../../../../src/lib/log.ts';
import type { FollowFrame, LogFrame } from '../../../../src/protocol/schemas/frames.ts';
import { waitFor } from '../../../support/wait-for.ts';

const REQUEST: FollowFrame = { kind: 'follow', followID: 'one', service: 'web', on: true };

function makeFollowers(problem?: Error): { followers: LogFollowers; sent: LogFrame[]; ended: string[] } {
  const [sent, ended]: [LogFrame[], string[]] = [[], []];
  const units = {
    follow: async (
      { followID }: FollowFrame,
      send: (frame: LogFrame) => void,
      signal: AbortSignal,
    ): Promise<void> => {
      send({ kind: 'log', followID, text: 'begins' });
      if (problem !== undefined) throw problem;
      await new Promise((resolve) => signal.addEventListener('abort', resolve, { once: true }));
      ended.push(followID);
    },
  };
  return {
    followers: new LogFollowers({ units, log: silentLogger }, (frame) => sent.push(frame)),
    sent,
    ended,
  };
}

test('a log is followed once, until it is told off', async () => {
  const { followers, sent, ended } = makeFollowers();
  followers.heed(REQUEST);
  followers.heed(REQUEST);
  followers.heed({ ...REQUEST, followID: 'two' });
  expect(sent.map(({ followID }) => followID)).toEqual(['one', 'two']);
  followers.heed({ ...REQUEST, on: false });
  await waitFor(() => ended.length === 1, { what: 'the end of the first' });
  followers.heed({ ...REQUEST, on: false });
  expect(ended).toEqual(['one']);
});

test('all end with their connection', async () => {
  const { followers, ended } = makeFollowers();
  for (const followID of ['one', 'two']) followers.heed({ ...REQUEST, followID });
  followers.endAll();
  await waitFor(() => ended.length === 2, { what: 'the end of both' });
});

test('whoever follows what cannot be read is told', async () => {
  const { followers, sent } = makeFollowers(new Error('EIO'));
  followers.heed(REQUEST);
  await waitFor(() => sent.length === 2, { what: 'the end' });
  expect(sent[1]).toEqual({ kind: 'log', followID: 'one', text: '', end: 'The log cannot be read' });
});
