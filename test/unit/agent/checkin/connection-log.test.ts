import { setImmediate } from 'node:timers/promises';
import { expect, test } from '@jest/globals';
import { ConnectionLog } from '../../../../src/agent/checkin/connection-log.ts';
import { AppError } from '../../../../src/lib/errors.ts';
import { silentLogger, type Logger } from '../../../../src/lib/log.ts';
import type { ConnectionRecord } from '../../../../src/store/agent/connection-record.ts';
import { SettableClock } from '../../../support/settable-clock.ts';
import { waitFor } from '../../../support/wait-for.ts';

const away = new AppError('SERVER_UNREACHABLE', 'Cannot reach it', {
  cause: new Error('refused'),
  retryable: true,
});
const unknown = new AppError('AGENT_NOT_FOUND', 'Enrol it again', { retryable: true });

function start(save?: (record: ConnectionRecord) => void) {
  const saved: ConnectionRecord[] = [];
  const lines: string[] = [];
  const clock = Object.assign(new SettableClock(1000), { sleep: async () => await setImmediate() });
  const log: Logger = {
    ...silentLogger,
    warn: (evt) => lines.push(`warn ${evt}`),
    info: (evt) => lines.push(`info ${evt}`),
    debug: (evt) => lines.push(`debug ${evt}`),
  };
  const store = { save: save ?? ((record: ConnectionRecord) => saved.push(record)) };
  const connection = new ConnectionLog({ store, pid: 7, version: 'v', clock, log });
  return { connection, saved, lines, clock };
}

test('what is saved is each change, and since when it is so', () => {
  const { connection, saved, clock } = start();
  connection.connecting();
  clock.advance(1);
  connection.failed(away, 100);
  clock.advance(1);
  connection.opened(2);
  clock.advance(1);
  connection.failed(away, 100);
  const who = { pid: 7, version: 'v' };
  expect(saved).toEqual([
    { state: 'connecting', since: 1000, ...who },
    { state: 'connecting', problem: 'Cannot reach it: refused', since: 1000, ...who },
    { state: 'connected', protocol: 2, since: 1002, ...who },
    { state: 'connecting', problem: 'Cannot reach it: refused', since: 1003, ...who },
  ]);
});

test('the same failure over and over is saved and told once', () => {
  const { connection, saved, lines } = start();
  for (let tries = 0; tries < 3; tries++) {
    connection.connecting();
    connection.failed(away, 100);
  }
  expect([saved.length, lines]).toEqual([
    2,
    ['warn checkin.failed', 'debug checkin.failed', 'debug checkin.failed'],
  ]);
});

test('a refused agent is not called connected for the moment between hello and the next refusal', () => {
  const { connection, saved } = start();
  connection.opened(2);
  connection.failed(unknown, 100);
  connection.opened(2);
  connection.failed(unknown, 100);
  connection.opened(2);
  connection.accepted(2);
  connection.accepted(2);
  expect(saved.map(({ state }) => state)).toEqual(['connected', 'refused', 'connected']);
});

test.each([
  ['AGENT_NOT_FOUND', 'refused'],
  ['SERVER_REFUSED', 'refused'],
  ['CERTIFICATE_REVOKED', 'refused'],
  ['SERVER_ERROR', 'connecting'],
  ['SERVER_UNREACHABLE', 'connecting'],
] as const)('after %s the state is "%s"', (code, state) => {
  const { connection, saved } = start();
  connection.failed(new AppError(code, 'No'), 100);
  expect(saved.at(-1)?.state).toBe(state);
});

test('a store that cannot be written does not end the check-in', () => {
  const { connection, lines } = start(() => {
    throw new AppError('STATE_UNWRITABLE', 'The disk is full');
  });
  expect(() => connection.connecting()).not.toThrow();
  expect(lines).toEqual(['warn checkin.unsaved']);
});

test('what could not be saved is saved later, as it is by then', async () => {
  const saved: string[] = [];
  let isFull = true;
  const { connection } = start((record) => {
    if (isFull) throw new AppError('STATE_UNWRITABLE', 'The disk is full');
    saved.push(record.state);
  });
  const end = new AbortController();
  const kept = connection.keepNoted(end.signal).catch(() => undefined);
  connection.connecting();
  connection.opened(2);
  await setImmediate();
  isFull = false;
  const first = await waitFor(() => saved[0], { what: 'the record' });
  expect(first).toBe('connected');
  end.abort();
  await kept;
});
