/** An ISO instant as this machine's local time: `2026-11-23 07:41:05`. */
export function localTime(instant: string): string {
  const date = new Date(instant);
  if (Number.isNaN(date.getTime())) return instant;
  const day = [date.getFullYear(), date.getMonth() + 1, date.getDate()].map(twoDigits).join('-');
  return `${day} ${[date.getHours(), date.getMinutes(), date.getSeconds()].map(twoDigits).join(':')}`;
}

const UNITS = [
  ['d', 86_400_000],
  ['h', 3_600_000],
  ['min', 60_000],
  ['s', 1000],
] as const;

/** How far `instant` is from `nowMs`: `3 min ago`, `in 12 d`, `now`. */
export function relativeTime(instant: string, nowMs: number): string {
  const distanceMs = Date.parse(instant) - nowMs;
  const unit = UNITS.find(([, unitMs]) => Math.abs(distanceMs) >= unitMs);
  if (unit === undefined) return 'now';
  const amount = `${Math.floor(Math.abs(distanceMs) / unit[1])} ${unit[0]}`;
  return distanceMs < 0 ? `${amount} ago` : `in ${amount}`;
}

/** Both: `2026-11-23 07:41:05 (3 min ago)`. */
export function timeWithDistance(instant: string, nowMs: number): string {
  return `${localTime(instant)} (${relativeTime(instant, nowMs)})`;
}

/** `4 ms`, `1.5 s`, `2 min 5 s`, `3 h 0 min`. */
export function formatDuration(ms: number): string {
  if (ms < 1000) return `${Math.round(ms)} ms`;
  if (ms < 60_000) return `${(ms / 1000).toFixed(1)} s`;
  const minutes = Math.floor(ms / 60_000);
  if (minutes < 60) return `${minutes} min ${Math.floor((ms % 60_000) / 1000)} s`;
  return `${Math.floor(minutes / 60)} h ${minutes % 60} min`;
}

function twoDigits(value: number): string {
  return String(value).padStart(2, '0');
}
