import type { EndpointOptions } from '../endpoint.ts';
import type { FaultCase } from '../fault-case.ts';
import { BAD, INSTALLED, misbehaving, type Misbehaviour } from '../fault-versions.ts';
import type { Moment } from '../moments.ts';

interface Misconduct {
  readonly how: Misbehaviour;
  /** From when on its end is waited for. */
  readonly since: Moment;
  readonly reason: RegExp;
  readonly within: number;
  readonly at?: string;
  readonly options?: EndpointOptions;
}

/** What an endpoint has that is told nothing else. */
const DEFAULT_LIMITS = {
  COMMANDER_AGENT_UPDATE_PROBATION_SECONDS: '150',
  COMMANDER_AGENT_UPDATE_HANG_SECONDS: '30',
  COMMANDER_AGENT_UPDATE_CHECKIN_SECONDS: '60',
};
const BEFORE = { since: 'while it is tried out' } as const;
const STARTED = { since: 'while the new version starts' } as const;
const CHECKED_IN = { since: 'on probation' } as const;

const UNFIT = /does not work on this endpoint/;
const CRASHED = { reason: /^It ended by itself/, within: 30 };
const HANGS = { reason: /^It gave no sign of life/, within: 120 };

const MISCONDUCTS: readonly Misconduct[] = [
  // These take longest, and therefore begin first.
  {
    ...{ how: 'crashes after 60 s', ...CHECKED_IN, ...CRASHED, within: 60 + 30 },
    ...{ at: 'on probation, default limits', options: { environment: DEFAULT_LIMITS } },
  },
  {
    ...{ how: 'hangs after 3 s', ...CHECKED_IN, ...HANGS },
    ...{ at: 'on probation, default limits', options: { environment: DEFAULT_LIMITS } },
  },
  { how: 'hangs in its preflight', ...BEFORE, reason: UNFIT, within: 120 },
  { how: 'crashes in its preflight', ...BEFORE, reason: UNFIT, within: 30 },
  { how: 'cannot read the state in its preflight', ...BEFORE, reason: UNFIT, within: 30 },
  { how: 'crashes at once', ...STARTED, ...CRASHED },
  {
    ...{ how: 'crashes at once', ...STARTED, ...CRASHED },
    ...{ at: 'in the foreground, where nobody restarts it', options: { isSupervised: false } },
  },
  { how: 'fails at once', ...STARTED, ...CRASHED },
  { how: 'crashes after 3 s', ...CHECKED_IN, ...CRASHED },
  { how: 'hangs at once', ...STARTED, ...HANGS },
  { how: 'hangs after 3 s', ...CHECKED_IN, ...HANGS },
  { how: 'cannot check in', ...STARTED, reason: /^It did not check in within/, within: 120 },
  { how: 'cannot read the state', ...STARTED, ...CRASHED },
];

/** A version that is no good is left again by itself, is not tried a second time, and the server is told why. */
export const badVersion: readonly FaultCase[] = MISCONDUCTS.map(
  ({ how, since, reason, within, at = since, options = {} }) => ({
    ...{ fault: `new version ${how}`, at, within },
    inject: async (world) => {
      const environment = { ...misbehaving(how), ...options.environment };
      const endpoint = await world.endpoint({ ...options, environment });
      await endpoint.orderUntil(since, BAD);
      return { endpoint, ordered: BAD, endsOn: [INSTALLED], refusal: { outcome: 'failed', reason } };
    },
  }),
);
