import type { FastifyRequest } from 'fastify';
import { REFUSED } from '../../protocol/commander/replies.ts';
import type { GuessThrottle } from '../accounts/guess-throttle.ts';
import type { Registration } from '../fleet/registration.ts';
import { refusal } from './http-refusal.ts';

/** @throws HttpRefusal in the original's words, or AppError CREDENTIALS_REFUSED after too many guesses from one address */
export async function requireRegistrationKey(
  request: FastifyRequest,
  key: string,
  { registration, guessThrottle }: { registration: Registration; guessThrottle: GuessThrottle },
): Promise<void> {
  const guesser = `registration ${request.ip}`;
  guessThrottle.begin(guesser);
  const check = await registration.checkKey(key);
  if (check === 'wrong') throw refusal(401, REFUSED.wrongRegistrationKey);
  guessThrottle.succeeded(guesser);
  if (check === 'none-yet') throw refusal(500, REFUSED.noRegistrationKey);
}
