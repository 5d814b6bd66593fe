import type { ReleaseRole } from '../../protocol/schemas/releases.ts';

const DAY_MS = 24 * 60 * 60_000;

/**
 * How long what a role signs is believed. Root as long as the certificate authority. The timestamp's is how long an agent can be
 * kept from seeing a newer version.
 */
const LIFETIME_DAYS: Readonly<Record<ReleaseRole, number>> = {
  root: 3652,
  targets: 365,
  snapshot: 30,
  timestamp: 7,
};

/** As TUF writes it: to the second. */
export function expiryOf(role: ReleaseRole, nowMs: number): string {
  return new Date(nowMs + LIFETIME_DAYS[role] * DAY_MS).toISOString().replace(/\.\d+Z$/, 'Z');
}

/** Which part of its life is left when the server signs anew, and when somebody is told who has the key. */
const RENEWED_AT = 2 / 3;
const URGENT_AT = 1 / 6;

/** Early, so that agents always get what is good for long. */
export function isDue(role: ReleaseRole, expires: string, nowMs: number): boolean {
  return leftOf(role, expires, nowMs) <= RENEWED_AT;
}

/** Late, as people need not be told every year. */
export function isUrgent(role: ReleaseRole, expires: string, nowMs: number): boolean {
  return leftOf(role, expires, nowMs) <= URGENT_AT;
}

function leftOf(role: ReleaseRole, expires: string, nowMs: number): number {
  return (Date.parse(expires) - nowMs) / (LIFETIME_DAYS[role] * DAY_MS);
}
