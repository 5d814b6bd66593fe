import { describe, expect, test } from '@jest/globals';
import { dueTimesOf } from '../../../src/protocol/due-times.ts';
import type { Schedule } from '../../../src/protocol/schemas/desired.ts';

async function next(schedule: Schedule, after: string, count: number): Promise<string[]> {
  const times = await dueTimesOf(schedule, { anchorMs: Date.parse('2026-01-01T00:00:00Z') });
  const found: string[] = [];
  let due = times.next(Date.parse(after));
  for (; due !== undefined && found.length < count; due = times.next(due))
    found.push(new Date(due).toISOString().slice(0, 19));
  return found;
}

const BERLIN = 'Europe/Berlin'; // to summer time on 29 March 2026 at 02:00, back on 25 October at 03:00

describe('due times', () => {
  test.each<[string, Schedule, string, string[]]>([
    [
      'cron of five fields',
      { cron: '*/30 8 * * *', timeZone: 'UTC' },
      '2026-11-23T08:00:00Z',
      ['2026-11-23T08:30:00', '2026-11-24T08:00:00'],
    ],
    [
      'cron of six',
      { cron: '*/30 * * * * *' },
      '2026-11-23T08:00:00Z',
      ['2026-11-23T08:00:30', '2026-11-23T08:01:00'],
    ],
    [
      'in a zone',
      { cron: '0 8 * * *', timeZone: BERLIN },
      '2026-11-23T08:00:00Z',
      ['2026-11-24T07:00:00', '2026-11-25T07:00:00'],
    ],
    [
      'interval',
      { everySeconds: 900 },
      '2026-01-01T00:15:00Z',
      ['2026-01-01T00:30:00', '2026-01-01T00:45:00'],
    ],
    ['interval, first time', { everySeconds: 900 }, '2025-01-01T00:00:00Z', ['2026-01-01T00:15:00']],
    ['once', { at: '2026-12-24T18:00:00+01:00' }, '2026-11-23T08:00:00Z', ['2026-12-24T17:00:00']],
    ['once, over', { at: '2026-12-24T18:00:00+01:00' }, '2026-12-24T17:00:00Z', []],
    [
      'a time of day that spring leaves out comes when the gap is over',
      { cron: '30 2 * * *', timeZone: BERLIN },
      '2026-03-28T12:00:00Z',
      ['2026-03-29T01:00:00', '2026-03-30T00:30:00'],
    ],
    [
      'a recurring time that spring leaves out is left out',
      { cron: '30 * * * *', timeZone: BERLIN },
      '2026-03-29T00:00:00Z',
      ['2026-03-29T00:30:00', '2026-03-29T01:30:00'],
    ],
    [
      'a time of day that autumn has twice comes once',
      { cron: '30 2 * * *', timeZone: BERLIN },
      '2026-10-24T12:00:00Z',
      ['2026-10-25T00:30:00', '2026-10-26T01:30:00'],
    ],
    [
      'a recurring time that autumn has twice comes twice',
      { cron: '30 * * * *', timeZone: BERLIN },
      '2026-10-25T00:00:00Z',
      ['2026-10-25T00:30:00', '2026-10-25T01:30:00'],
    ],
  ])('%s', async (_, schedule, after, expected) => {
    const count = Math.max(1, expected.length);
    expect(await next(schedule, after, count)).toEqual(expected);
  });

  test.each([
    ['30 2 * * *', 'time-of-day'],
    ['0 30 2,14 * * *', 'time-of-day'],
    ['@daily', 'time-of-day'],
    ['@hourly', 'recurring'],
    ['*/5 2 * * *', 'recurring'],
    ['*/5 30 2 * * *', 'recurring'],
  ])('"%s" is %s', async (cron, kind) => {
    expect((await dueTimesOf({ cron }, { anchorMs: 0 })).kind).toBe(kind);
  });
});

test.each<[Schedule, RegExp]>([
  [{}, /exactly one of/],
  [{ cron: '0 8 * * *', everySeconds: 5 }, /exactly one of/],
  [{ cron: '61 * * * *' }, /Cannot understand the cron line "61 \* \* \* \*"/],
  [{ cron: '* *' }, /Cannot understand/],
  [{ cron: '0 0 31 2 *' }, /is never due/],
  [{ cron: '0 8 * * *', timeZone: 'Mars/Olympus' }, /no time zone "Mars\/Olympus"/],
  [{ everySeconds: 60, timeZone: 'UTC' }, /Only a schedule with "cron"/],
  [{ at: '2026-12-24T18:00:00' }, /no time with an offset/],
  [{ at: '2026-13-24T18:00:00Z' }, /no time with an offset/],
])('%j is refused, with the reason', async (schedule, message) => {
  const refused = dueTimesOf(schedule, { anchorMs: 0 });
  await expect(refused).rejects.toMatchObject({
    code: 'SCHEDULE_INVALID',
    message: expect.stringMatching(message),
  });
});
