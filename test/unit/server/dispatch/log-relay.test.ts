import { beforeEach, describe, expect, test } from '@jest/globals';
import type { FollowFrame } from '../../../../src/protocol/schemas/frames.ts';
import { LogRelay, type LogListener } from '../../../../src/server/dispatch/log-relay.ts';

const ORDER = { agentID: 'a', service: 'web', tailBytes: 100, live: true };

describe('LogRelay', () => {
  let told: [string, FollowFrame][];
  let heard: string[];
  let relay: LogRelay;

  beforeEach(() => {
    told = [];
    heard = [];
    relay = new LogRelay((agentID, frame) => {
      told.push([agentID, frame]);
      return agentID !== 'away';
    });
  });

  const listener = (name = ''): LogListener => ({
    text: (text) => heard.push(`${name}${text}`),
    end: (reason) => heard.push(`${name}ended: ${reason}`),
  });
  const followID = (index = 0): string => told[index]?.[1].followID ?? '';
  const log = (text: string, end?: string) => ({
    ...({ kind: 'log', followID: followID(), text } as const),
    ...(end === undefined ? {} : { end }),
  });

  test('asks the agent, and passes on what it sends', () => {
    relay.follow(ORDER, listener());
    relay.received('a', log(''));
    relay.received('a', log('hello'));
    relay.received('a', log(' world', 'removed'));
    relay.received('a', log('too late'));
    const { agentID, ...order } = ORDER;
    expect(told).toEqual([[agentID, { kind: 'follow', followID: expect.any(String), ...order, on: true }]]);
    expect(heard).toEqual(['', 'hello', ' world', 'ended: removed']);
  });

  test('tells the agent when nobody listens any more, once', () => {
    const stop = relay.follow(ORDER, listener());
    stop();
    stop();
    relay.received('a', log('on its way'));
    expect(told.map(([, { on, followID: id }]) => [on, id])).toEqual([
      [true, followID()],
      [false, followID()],
    ]);
    expect(heard).toEqual([]);
  });

  test('tells an agent that has ended it nothing more', () => {
    const stop = relay.follow(ORDER, listener());
    relay.received('a', log('', 'removed'));
    stop();
    expect(told).toHaveLength(1);
    expect(heard).toEqual(['ended: removed']);
  });

  test('hears nobody but the agent that was asked', () => {
    relay.follow(ORDER, listener());
    relay.received('b', log('forged'));
    expect(heard).toEqual([]);
  });

  test('ends with the agent’s connection, and no other', () => {
    relay.follow(ORDER, listener('1 '));
    relay.follow({ ...ORDER, agentID: 'b' }, listener('2 '));
    relay.gone('a');
    expect(heard).toEqual(['1 ended: The connection to the agent ended']);
    relay.close();
    expect(heard.slice(1)).toEqual(['2 ended: The server is stopping']);
  });

  test('says so when the agent is away', () => {
    expect(() => relay.follow({ ...ORDER, agentID: 'away' }, listener())).toThrow(
      expect.objectContaining({ code: 'AGENT_NOT_CONNECTED', message: 'Agent "away" is not connected' }),
    );
    relay.close();
    expect(heard).toEqual([]);
  });
});
