import { once } from 'node:events';
import { createServer, get, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { beforeEach, expect, test } from '@jest/globals';
import type { FastifyReply } from 'fastify';
import { LogAnswer } from '../../../../src/server/api/log-answer.ts';
import { useCleanup } from '../../../support/cleanup.ts';
import { waitFor } from '../../../support/wait-for.ts';

const onEnd = useCleanup();
let answer: LogAnswer;
let received: Promise<IncomingMessage>;

beforeEach(async () => {
  const server = createServer();
  server.listen(0, '127.0.0.1');
  onEnd(() => {
    server.closeAllConnections();
    server.close();
  });
  await once(server, 'listening');
  const asked = get({ host: '127.0.0.1', port: (server.address() as AddressInfo).port });
  asked.on('error', () => undefined);
  received = new Promise((resolve) => asked.once('response', resolve));
  const [, raw] = (await once(server, 'request')) as [IncomingMessage, ServerResponse];
  answer = new LogAnswer({ raw, hijack: () => ({ raw }) } as unknown as FastifyReply);
});

async function wholeOf(response: IncomingMessage): Promise<{ text: string; end: string }> {
  const text = (await response.setEncoding('utf8').toArray()).join('');
  return { text, end: decodeURIComponent(response.trailers['commander-log-end'] ?? '') };
}

test('it begins with the first word of the agent, though that is empty', async () => {
  answer.text('');
  await answer.begun;
  const { statusCode, headers } = await received;
  expect([statusCode, headers['content-type']]).toEqual([200, 'text/plain; charset=utf-8']);
});

test('it grows, and ends with a reason; what comes later is too late', async () => {
  answer.text('a');
  answer.text('b');
  answer.end('Grüße');
  answer.text('c');
  answer.end('again');
  expect(await wholeOf(await received)).toEqual({ text: 'ab', end: 'Grüße' });
});

test('what ends before it begins is refused', async () => {
  answer.end('There is no service');
  await expect(answer.begun).rejects.toMatchObject({
    code: 'UNIT_NOT_FOUND',
    message: 'There is no service',
  });
});

test('one who does not read is let go before they fill the memory', async () => {
  answer.text('');
  const response = await received; // paused: nobody reads
  const piece = 'x'.repeat(1024 ** 2);
  for (let pieces = 0; pieces < 20; pieces++) answer.text(piece);
  const { text, end } = await wholeOf(response);
  await waitFor(() => end !== '', { what: 'the reason' });
  expect(end).toBe('The log was read too slowly');
  expect(text.length).toBeLessThan(20 * piece.length);
});
