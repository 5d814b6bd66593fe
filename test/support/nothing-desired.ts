import type { DesiredSource } from '../../src/server/dispatch/desired-source.ts';

/** Of a server that wants no endpoint to keep anything. */
export const NOTHING_DESIRED: DesiredSource = {
  newsFor: () => Promise.resolve(undefined),
  applied: () => Promise.resolve(),
  reported: () => Promise.resolve(),
};

/** Nobody follows a log. */
export const NO_LOGS = { received: (): void => undefined, gone: (): void => undefined };
