import { Backoff } from '../../lib/backoff.ts';
import type { Clock } from '../../lib/clock.ts';
import { isAppError } from '../../lib/errors.ts';
import type { Logger } from '../../lib/log.ts';
import { isAbortOf } from '../../lib/stopped.ts';
import type { EnrollOrder } from '../../protocol/endpoint.ts';
import type { IdentityFolder } from './identity-folder.ts';

const LOOK_EVERY_MS = 15_000;
const RETRY = { baseMs: 30_000, capMs: 600_000 };

export interface AwaitIdentityOptions {
  readonly folder: Pick<IdentityFolder, 'enrolledWith'>;
  /** How this endpoint is to join, as somebody has left word; undefined when nobody has. */
  readonly findOrder: () => Promise<EnrollOrder | undefined>;
  readonly enroll: (order: EnrollOrder) => Promise<unknown>;
  readonly clock: Clock;
  readonly random: () => number;
  readonly log: Logger;
}

/**
 * Resolves when this endpoint has an identity: because somebody enrolled it by hand meanwhile, or left word how to. An order that
 * was refused is not tried again until it is another one: the server slows down who guesses.
 */
export async function awaitIdentity(options: AwaitIdentityOptions, signal: AbortSignal): Promise<void> {
  const { folder, findOrder, clock, random } = options;
  const backoff = new Backoff({ ...RETRY, clock, random });
  let refused: string | undefined;
  while (folder.enrolledWith() === undefined) {
    const order = await findOrder();
    const asText = order && JSON.stringify(order);
    if (order === undefined || asText === refused) {
      await clock.sleep(LOOK_EVERY_MS, signal);
      continue;
    }
    const outcome = await join(order, options, signal);
    if (outcome === 'refused') refused = asText;
    if (outcome === 'failed') await backoff.wait(signal);
  }
}

async function join(
  order: EnrollOrder,
  { enroll, log }: AwaitIdentityOptions,
  signal: AbortSignal,
): Promise<'joined' | 'refused' | 'failed'> {
  try {
    await enroll(order);
    log.info('identity.enrolled', 'Enrolled as somebody had left word to');
    return 'joined';
  } catch (error) {
    if (isAbortOf(signal, error)) throw error;
    const isFinal = isAppError(error) && !error.retryable;
    log.error('identity.not-enrolled', 'Could not enroll as somebody had left word to', {
      err: error,
      willRetry: !isFinal,
    });
    return isFinal ? 'refused' : 'failed';
  }
}
