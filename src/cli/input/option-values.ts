import { InvalidArgumentError } from 'commander';

/** A parser for options that take a whole number from `min` to `max`. */
export function wholeNumber(min: number, max: number): (text: string) => number {
  return (text) => {
    const value = /^\d+$/.test(text) ? Number(text) : Number.NaN;
    if (value >= min && value <= max) return value;
    throw new InvalidArgumentError(`It must be a whole number from ${min} to ${max}.`);
  };
}

/** A parser for options that may be given several times. */
export function collect(text: string, before: readonly string[] | undefined): string[] {
  return [...(before ?? []), text];
}

const SECONDS_IN: Readonly<Record<string, number>> = { s: 1, m: 60, h: 3600, d: 86_400 };

/** A parser for options that take a time: `90`, `90s`, `15m`, `2h`, `1d`; gives seconds from `min` to `max`. */
export function duration(min: number, max: number): (text: string) => number {
  return (text) => {
    const [, amount, unit = 's'] = /^(\d{1,9})([smhd])?$/.exec(text) ?? [];
    const seconds = Number(amount) * (SECONDS_IN[unit] ?? Number.NaN);
    if (seconds >= min && seconds <= max) return seconds;
    throw new InvalidArgumentError(
      `It must be a time such as 90s, 15m, 2h or 1d, from ${min} to ${max} seconds.`,
    );
  };
}

const BYTES_IN: Readonly<Record<string, number>> = { '': 1, k: 1000, m: 1_000_000, g: 1_000_000_000 };

/** A parser for options that take a size in powers of 1000: `500000`, `500kB`, `10MB`. */
export function byteCount(text: string): number {
  const [, amount, unit = ''] = /^(\d{1,9})([kmg]?)b?$/i.exec(text) ?? [];
  if (amount !== undefined) return Number(amount) * (BYTES_IN[unit.toLowerCase()] ?? 1);
  throw new InvalidArgumentError('It must be a size such as 500kB or 10MB.');
}

/** A parser for options that take several names: `a,b`, or the option several times. */
export function names(text: string, before: readonly string[] | undefined): string[] {
  return [...(before ?? []), ...text.split(',').filter((name) => name !== '')];
}
