export const DAY_MS = 24 * 60 * 60_000;
/** Certificates begin a little in the past: clocks differ. */
export const BACKDATE_MS = 5 * 60_000;

/** How long what the CA issues is good for, in milliseconds. */
export interface Lifetimes {
  readonly agentMs: number;
  readonly adminMs: number;
  readonly serverMs: number;
}

/** Browsers and Apple's systems refuse server certificates of more than 398 days. */
export const DEFAULT_LIFETIMES: Lifetimes = {
  agentMs: 90 * DAY_MS,
  adminMs: DAY_MS / 2,
  serverMs: 397 * DAY_MS,
};
