import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { WebSocket, WebSocketServer } from 'ws';
import { silentLogger } from '../../../../src/lib/log.ts';
import { Checkin } from '../../../../src/server/dispatch/checkin.ts';
import type { Conversation } from '../../../../src/server/dispatch/conversation.ts';
import { CheckinRefused } from '../../../../src/server/dispatch/greeting.ts';
import { useCleanup } from '../../../support/cleanup.ts';
import { waitFor } from '../../../support/wait-for.ts';

describe('a check-in', () => {
  const onEnd = useCleanup();
  let server: Server;
  let said: string[];
  let checkin: Checkin | undefined;
  let greet: () => Promise<Conversation>;

  /** Takes its time for each word, so that turns that overlap would show. */
  const conversation: Conversation = {
    push: async () => await slowly('push'),
    receive: async ({ text, isBinary }) => await slowly(`${text}${isBinary ? ' (binary)' : ''}`),
    cancel: (jobIDs) => said.push(`cancel ${jobIDs.join()}`),
    follow: ({ service }) => said.push(`follow ${service}`),
  };

  async function slowly(what: string): Promise<void> {
    said.push(`${what} begins`);
    await new Promise(setImmediate);
    if (what === 'break') throw new Error('broken');
    said.push(`${what} ends`);
  }

  beforeEach(async () => {
    const words: string[] = [];
    said = words;
    checkin = undefined;
    greet = async () => await Promise.resolve(conversation);
    const sockets = new WebSocketServer({ noServer: true });
    server = createServer();
    server.on('upgrade', (request, stream, head) => {
      sockets.handleUpgrade(request, stream, head, (socket) => {
        checkin = new Checkin({
          socket,
          log: silentLogger,
          peer: 'agent-1',
          greet: async ({ text }) => {
            said.push(`greeted by ${text}`);
            return await greet();
          },
          onGone: () => words.push('gone'),
        });
      });
    });
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
  });

  afterEach(() => {
    server.close();
    server.closeAllConnections();
  });

  async function connect(): Promise<WebSocket> {
    const socket = new WebSocket(`ws://127.0.0.1:${(server.address() as AddressInfo).port}`);
    onEnd(() => socket.terminate());
    await once(socket, 'open');
    return socket;
  }

  const heard = async (what: string): Promise<unknown> => await waitFor(() => said.includes(what), { what });

  test('hears one message after the other, and pushes in between when it is woken', async () => {
    const socket = await connect();
    socket.send('hello');
    socket.send('one');
    socket.send(Buffer.from('two'));
    await heard('two (binary) ends');
    checkin?.wake();
    checkin?.cancel(['a', 'b']);
    checkin?.follow({ kind: 'follow', followID: '1', service: 'web', on: true });
    await heard('follow web');
    expect(said).toEqual([
      'greeted by hello',
      'push begins',
      'push ends',
      'one begins',
      'one ends',
      'two (binary) begins',
      'two (binary) ends',
      'push begins',
      'push ends',
      'cancel a,b',
      'follow web',
    ]);
  });

  test('says nothing of its own accord before it is greeted', async () => {
    const socket = await connect();
    checkin?.wake();
    checkin?.cancel(['a']);
    socket.send('hello');
    await heard('push ends');
    expect(said[0]).toBe('greeted by hello');
    expect(said).not.toContain('cancel a');
  });

  test('is closed with the reason for which it is refused', async () => {
    greet = async () => await Promise.reject(new CheckinRefused('not you'));
    const socket = await connect();
    socket.send('hello');
    const [code, reason] = (await once(socket, 'close')) as [number, Buffer];
    expect([code, reason.toString()]).toEqual([1008, '{"error":"not you"}']);
    expect(said).toEqual(['greeted by hello', 'gone']);
  });

  test('ends when something unforeseen happens, so that the agent comes again', async () => {
    const socket = await connect();
    socket.send('hello');
    socket.send('break');
    const [code] = (await once(socket, 'close')) as [number];
    expect(code).toBe(1011);
    expect(said.filter((what) => what === 'gone')).toHaveLength(1);
  });

  test('is gone once, and sends nothing from then on', async () => {
    const socket = await connect();
    socket.send('hello');
    await heard('push ends');
    const received: string[] = [];
    socket.on('message', (data: Buffer) => received.push(data.toString()));
    checkin?.send('before');
    checkin?.stop();
    checkin?.send('after');
    checkin?.stop();
    await once(socket, 'close');
    expect(received).toEqual(['before']);
    expect(said.filter((what) => what === 'gone')).toHaveLength(1);
    expect(checkin?.isGone).toBe(true);
  });
});
