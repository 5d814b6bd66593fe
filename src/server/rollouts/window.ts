import type { RolloutWindow } from '../../store/server/rollout-store.ts';

/** Whether the window is open at `now`, in milliseconds since the epoch. Its end is outside; one that ends where it begins is always open. */
export function isOpen({ from, to, timeZone }: RolloutWindow, now: number): boolean {
  const time = timeOfDay(now, timeZone);
  if (from === to) return true;
  return from < to ? time >= from && time < to : time >= from || time < to;
}

/** As `22:05`. */
function timeOfDay(now: number, timeZone: string): string {
  const format = new Intl.DateTimeFormat('en-GB', {
    ...{ hour: '2-digit', minute: '2-digit', hourCycle: 'h23' },
    timeZone,
  });
  return format.format(now);
}
