import { AppError } from '../../../lib/errors.ts';

/** Time zones that somebody mistook for each other are within it; what expires is signed for longer. */
const TOLERANCE_MS = 86_400_000;

export interface OtherClocks {
  /** The server's word, from the `Date` of its answer. */
  readonly serverDate?: string | undefined;
  /** It was this late already, in milliseconds since the epoch. */
  readonly atLeast?: number;
}

/**
 * A clock that runs behind would have expired metadata pass for current, and one that runs ahead the other way round.
 * @throws AppError CLOCK_WRONG
 */
export function checkClock(now: number, { serverDate, atLeast = 0 }: OtherClocks): void {
  if (now < atLeast - TOLERANCE_MS) throw wrong(now, `releases were verified here on ${dayOf(atLeast)}`);
  const serverNow = serverDate === undefined ? NaN : Date.parse(serverDate);
  if (Math.abs(now - serverNow) > TOLERANCE_MS) throw wrong(now, `the server's says ${dayOf(serverNow)}`);
}

function wrong(now: number, evidence: string): AppError {
  return new AppError(
    'CLOCK_WRONG',
    `This endpoint's clock says ${dayOf(now)}, but ${evidence}; correct it, for releases are signed for a limited time`,
  );
}

function dayOf(ms: number): string {
  return `${new Date(ms).toISOString().slice(0, 16)}Z`;
}
