import type { IncomingMessage } from 'node:http';
import { request } from 'node:https';
import { beforeAll, describe, expect, test } from '@jest/globals';
import type { FollowFrame } from '../../../../src/protocol/schemas/frames.ts';
import { useCleanup } from '../../../support/cleanup.ts';
import type { OriginalCheckin } from '../../../support/original-client.ts';
import { useTestServer, type TestAgent } from '../../../support/test-server.ts';
import { waitFor } from '../../../support/wait-for.ts';

const onEnd = useCleanup();
const server = useTestServer();
let agent: TestAgent;

beforeAll(async () => {
  agent = await server().agent('web-1');
});

async function connect(): Promise<OriginalCheckin> {
  const hello = JSON.stringify({ 'Agent-ID': agent.agentID, desiredRevision: 0 });
  const checkin = await agent.client.checkin(hello, { headers: { 'Commander-Protocol': '2' } });
  onEnd(() => checkin.terminate());
  await waitFor(async () => (await agentView()).connected, { what: 'the check-in' });
  return checkin;
}

async function agentView(): Promise<{ connected: boolean }> {
  return (await server().admin('GET', `/admin/agents/${agent.agentID}`)) as { connected: boolean };
}

interface Log {
  readonly response: Promise<IncomingMessage>;
  readonly text: () => string;
  readonly isOver: () => boolean;
  readonly leave: () => void;
}

async function follow(query = '?follow=true', path = `${agent.agentID}/web`): Promise<Log> {
  const headers = { authorization: `Bearer ${await server().token()}` };
  const url = new URL(`/admin/units/${path}/log${query}`, server().running.url);
  const asked = request(url, { headers, ca: server().root, agent: false }).end();
  onEnd(() => asked.destroy());
  let text = '';
  let isOver = false;
  const response = new Promise<IncomingMessage>((resolve, reject) => {
    asked.on('error', reject);
    asked.once('response', (got) => {
      got.setEncoding('utf8').on('data', (chunk: string) => (text += chunk));
      got.once('end', () => (isOver = true));
      resolve(got);
    });
  });
  return { response, text: () => text, isOver: () => isOver, leave: () => asked.destroy() };
}

async function nextFollow(checkin: OriginalCheckin): Promise<FollowFrame> {
  return JSON.parse(await checkin.nextFrame()) as FollowFrame;
}

/** As an agent that has found the log and sent its last words. */
async function followed(query?: string): Promise<Log & { checkin: OriginalCheckin; request: FollowFrame }> {
  const checkin = await connect();
  const log = await follow(query);
  const asked = await nextFollow(checkin);
  say(checkin, asked, '');
  await log.response;
  return { ...log, checkin, request: asked };
}

function say(checkin: OriginalCheckin, { followID }: FollowFrame, text: string, end?: string): void {
  checkin.send(JSON.stringify({ kind: 'log', followID, text, ...(end === undefined ? {} : { end }) }));
}

describe('a log is passed on', () => {
  test('as it comes, and its end is said', async () => {
    const { checkin, request: asked, response, text, isOver } = await followed('?follow=true&tailBytes=7');
    expect(asked).toMatchObject({ kind: 'follow', service: 'web', on: true, tailBytes: 7, live: true });
    expect((await response).headers['content-type']).toBe('text/plain; charset=utf-8');
    say(checkin, asked, 'héllo\n');
    await waitFor(() => text() === 'héllo\n', { what: 'the first line' });
    say(checkin, asked, 'world\n', 'The service "web" was removed');
    await waitFor(isOver, { what: 'the end' });
    expect(text()).toBe('héllo\nworld\n');
    const { 'commander-log-end': reason = '' } = (await response).trailers;
    expect(decodeURIComponent(reason)).toBe('The service "web" was removed');
  });

  test('no further than it is now, unless more is asked for', async () => {
    expect((await followed('')).request).toMatchObject({ live: false, tailBytes: 16_384 });
  });

  test('until the admin leaves, which the agent is told', async () => {
    const { checkin, request: asked, leave } = await followed();
    leave();
    expect(await nextFollow(checkin)).toMatchObject({ on: false, followID: asked.followID });
  });

  test('until the agent’s connection ends', async () => {
    const { checkin, response, isOver } = await followed();
    checkin.terminate();
    await waitFor(isOver, { what: 'the end' });
    expect(decodeURIComponent((await response).trailers['commander-log-end'] ?? '')).toBe(
      'The connection to the agent ended',
    );
  });
});

describe('it is refused', () => {
  const bodyOf = async ({ response, text, isOver }: Log) => {
    const { statusCode } = await response;
    await waitFor(isOver, { what: 'the answer' });
    return [statusCode, JSON.parse(text())] as const;
  };

  test('when the agent has no such service', async () => {
    const checkin = await connect();
    const log = await follow();
    say(checkin, await nextFollow(checkin), '', 'There is no service "web" on this endpoint');
    expect(await bodyOf(log)).toEqual([
      404,
      { error: 'There is no service "web" on this endpoint', code: 'UNIT_NOT_FOUND' },
    ]);
  });

  test('when the agent is away', async () => {
    const { agentID } = await server().agent('away');
    expect(await bodyOf(await follow('', `${agentID}/web`))).toEqual([
      409,
      { error: `Agent "${agentID}" is not connected`, code: 'AGENT_NOT_CONNECTED' },
    ]);
  });

  test.each([
    ['an agent that is none', 'nobody/web', '', 'AGENT_NOT_FOUND'],
    ['a name that is none', 'nobody/Web!', '', 'NAME_INVALID'],
    ['more than there can be', 'nobody/web', '?tailBytes=1048577', 'MESSAGE_INVALID'],
  ])('for %s', async (_what, path, query, code) => {
    expect(await bodyOf(await follow(query, path))).toEqual([400, { error: expect.any(String), code }]);
  });
});
