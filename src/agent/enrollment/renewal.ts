import { X509Certificate } from 'node:crypto';
import { Backoff } from '../../lib/backoff.ts';
import type { Clock } from '../../lib/clock.ts';
import { isAppError } from '../../lib/errors.ts';
import type { HttpClient } from '../../lib/http-client/http-client.ts';
import type { Logger } from '../../lib/log.ts';
import { isAbortOf } from '../../lib/stopped.ts';
import type { CredentialKeeper } from './credential-keeper.ts';
import { renewCertificate } from './request-certificate.ts';

export interface RenewalOptions {
  readonly agentID: string;
  readonly keeper: CredentialKeeper;
  /** Shows the proven certificate. */
  readonly client: () => HttpClient;
  /** A new pair is there to be tried. */
  readonly onRenewed: () => void;
  readonly clock: Clock;
  /** A number in [0, 1). */
  readonly random: () => number;
  readonly log: Logger;
}

/** Timers stand still while a machine sleeps, so the calendar is looked at this often. */
const LONGEST_NAP_MS = 6 * 3_600_000;
/** Renewal falls due within this share of the lifetime after two thirds of it, for a fleet enrolled on one day. */
const JITTER_SHARE = 0.1;

/** Keeps the certificate young until `signal` is aborted. An expired one is renewed too; the server says for how long after. */
export async function keepRenewed(options: RenewalOptions, signal: AbortSignal): Promise<void> {
  const { keeper, clock, random } = options;
  const backoff = new Backoff({ baseMs: 60_000, capMs: LONGEST_NAP_MS, clock, random });
  const jitter = random();
  for (;;) {
    const waitMs = renewalTime(keeper.newest().cert, jitter) - clock.now();
    if (waitMs > 0) {
      backoff.reset();
      await clock.sleep(Math.min(waitMs, LONGEST_NAP_MS), signal);
    } else {
      const retryAfterMs = await tryToRenew(options, signal);
      // Also after success: a server whose certificates are born old must not be asked for ever more.
      await backoff.wait(signal, retryAfterMs);
    }
  }
}

/** Gives back how long the server asks to be left alone. */
async function tryToRenew(options: RenewalOptions, signal: AbortSignal): Promise<number | undefined> {
  const { agentID, keeper, client, onRenewed, log } = options;
  try {
    keeper.offer(await renewCertificate(client(), { agentID, signal }));
    log.info('identity.renewed', 'Got a new certificate', {
      validTo: new X509Certificate(keeper.newest().cert).validTo,
    });
    onRenewed();
    return undefined;
  } catch (error) {
    if (isAbortOf(signal, error)) throw error;
    log.warn('identity.renewal-failed', 'Could not renew the certificate; will try again', { err: error });
    return isAppError(error) ? error.retryAfterMs : undefined;
  }
}

/** Milliseconds since the epoch. `jitter` is in [0, 1). */
export function renewalTime(certPem: string, jitter: number): number {
  const { validFromDate, validToDate } = new X509Certificate(certPem);
  const lifetimeMs = validToDate.getTime() - validFromDate.getTime();
  return validFromDate.getTime() + lifetimeMs * (2 / 3 + jitter * JITTER_SHARE);
}
