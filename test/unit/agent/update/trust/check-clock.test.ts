import { expect, test } from '@jest/globals';
import { checkClock } from '../../../../../src/agent/update/trust/check-clock.ts';

const NOW = Date.parse('2026-11-23T08:00:00Z');
const DAY_MS = 86_400_000;
const dateOf = (ms: number): string => new Date(ms).toUTCString();

test.each([
  ['the server agrees', { serverDate: dateOf(NOW) }],
  ['the server is a time zone away', { serverDate: dateOf(NOW - DAY_MS / 2) }],
  ['the server says nothing', { serverDate: undefined }],
  ['the server says nonsense', { serverDate: 'yesterday' }],
  ['releases were verified before', { atLeast: NOW - DAY_MS }],
  ['releases were verified by a clock that ran a little ahead', { atLeast: NOW + DAY_MS / 2 }],
])('a clock is right when %s', (_, others) => {
  expect(() => checkClock(NOW, others)).not.toThrow();
});

test.each([
  ['behind the server', { serverDate: dateOf(NOW + 2 * DAY_MS) }, "the server's says 2026-11-25T08:00Z"],
  ['ahead of the server', { serverDate: dateOf(NOW - 2 * DAY_MS) }, "the server's says 2026-11-21T08:00Z"],
  ['behind what was', { atLeast: NOW + 2 * DAY_MS }, 'releases were verified here on 2026-11-25T08:00Z'],
])('a clock that is %s is wrong, and the error says by what', (_, others, evidence) => {
  expect(() => checkClock(NOW, others)).toThrow(
    expect.objectContaining({
      code: 'CLOCK_WRONG',
      message: expect.stringContaining(`clock says 2026-11-23T08:00Z, but ${evidence};`),
    }),
  );
});
