import { AppError } from '../lib/errors.ts';
import type { Schedule } from './schemas/desired.ts';

/** When a schedule is due, before any splay. Instants are milliseconds since the epoch. */
export interface DueTimes {
  /** The first due time after `afterMs`; undefined when there will be none. */
  next(afterMs: number): number | undefined;
  /**
   * `time-of-day`: cron that names its hours and minutes. `recurring`: cron with a `*` or step in them. The zone's own changes
   * (DST) run the first kind once on each day, and the second as often as its times come.
   */
  readonly kind: 'time-of-day' | 'recurring' | 'interval' | 'once';
}

export interface DueTimesOptions {
  /** From when an interval is counted; its first due time is one interval later. */
  readonly anchorMs: number;
}

/** @throws AppError SCHEDULE_INVALID when it is no schedule, or one that is never due */
export async function dueTimesOf(schedule: Schedule, { anchorMs }: DueTimesOptions): Promise<DueTimes> {
  const { cron, everySeconds, at, timeZone } = schedule;
  if ([cron, everySeconds, at].filter((rule) => rule !== undefined).length !== 1)
    throw invalid('A schedule says exactly one of "cron", "everySeconds" and "at"');
  if (cron !== undefined) return await cronTimes(cron, timeZone);
  if (timeZone !== undefined) throw invalid('Only a schedule with "cron" can have a time zone');
  return everySeconds === undefined ? onceAt(String(at)) : intervalTimes(everySeconds * 1000, anchorMs);
}

async function cronTimes(cron: string, timeZone: string | undefined): Promise<DueTimes> {
  const { Cron } = await import('croner');
  requireZone(timeZone);
  const times = ((): InstanceType<typeof Cron> => {
    try {
      const zone = timeZone === undefined ? {} : { timezone: timeZone };
      return new Cron(cron, { mode: '5-or-6-parts', fixedTimeRule: 'no-wildcard', ...zone });
    } catch (cause) {
      throw new AppError('SCHEDULE_INVALID', `Cannot understand the cron line "${cron}"`, { cause });
    }
  })();
  const next = (afterMs: number): number | undefined => times.nextRun(new Date(afterMs))?.getTime();
  if (next(0) === undefined) throw invalid(`The cron line "${cron}" is never due`);
  return { next, kind: namesTimeOfDay(cron) ? 'time-of-day' : 'recurring' };
}

function requireZone(timeZone: string | undefined): void {
  if (timeZone === undefined) return;
  try {
    new Intl.DateTimeFormat('en', { timeZone });
  } catch (cause) {
    throw new AppError(
      'SCHEDULE_INVALID',
      `There is no time zone "${timeZone}"; use an IANA name such as "Europe/Berlin"`,
      { cause },
    );
  }
}

function namesTimeOfDay(cron: string): boolean {
  if (cron.startsWith('@')) return cron !== '@hourly';
  const fields = cron.trim().split(/\s+/);
  return !/[*?/]/.test(fields.slice(0, fields.length - 3).join(' '));
}

function intervalTimes(everyMs: number, anchorMs: number): DueTimes {
  const next = (afterMs: number): number =>
    anchorMs + Math.max(1, Math.floor((afterMs - anchorMs) / everyMs) + 1) * everyMs;
  return { next, kind: 'interval' };
}

function onceAt(at: string): DueTimes {
  const atMs = Date.parse(at);
  if (Number.isNaN(atMs) || !/(Z|[+-]\d{2}:\d{2})$/i.test(at))
    throw invalid(`"${at}" is no time with an offset, such as "2026-12-24T18:00:00+01:00"`);
  return { next: (afterMs) => (atMs > afterMs ? atMs : undefined), kind: 'once' };
}

function invalid(message: string): AppError {
  return new AppError('SCHEDULE_INVALID', message);
}
