import { randomBytes, randomUUID } from 'node:crypto';
import { SignJWT, errors, jwtVerify } from 'jose';
import type { Clock } from '../../lib/clock.ts';
import { REFUSED } from '../../protocol/commander/replies.ts';
import type { SettingsStore } from '../../store/server/settings-store.ts';

export const TOKEN_LIFETIME_SECONDS = 15 * 60;

/** Why a token is not accepted: the original answers an expired one otherwise than a broken one. */
export type TokenCheck = { username: string } | { problem: 'expired' | 'invalid'; message: string };

/** Signs and checks the bearer tokens of admins, with the claims of the original. */
export class AdminTokens {
  readonly #settings: SettingsStore;
  readonly #clock: Clock;
  #secret: Promise<Uint8Array> | undefined;

  constructor(settings: SettingsStore, clock: Clock) {
    this.#settings = settings;
    this.#clock = clock;
  }

  async issue(username: string): Promise<string> {
    const now = Math.floor(this.#clock.now() / 1000);
    const claims = {
      fresh: false,
      iat: now,
      jti: randomUUID(),
      type: 'access',
      sub: username,
      nbf: now,
      exp: now + TOKEN_LIFETIME_SECONDS,
    };
    return await new SignJWT(claims)
      .setProtectedHeader({ alg: 'HS256', typ: 'JWT' })
      .sign(await this.#loadSecret());
  }

  async check(token: string): Promise<TokenCheck> {
    try {
      const { payload } = await jwtVerify(token, await this.#loadSecret(), {
        algorithms: ['HS256'],
        currentDate: new Date(this.#clock.now()),
        requiredClaims: ['sub', 'exp', 'nbf'],
      });
      if (payload['type'] === 'access' && payload.sub !== undefined) return { username: payload.sub };
      return { problem: 'invalid', message: 'Only access tokens are allowed' };
    } catch (error) {
      if (error instanceof errors.JWTExpired) return { problem: 'expired', message: REFUSED.expiredToken };
      if (error instanceof errors.JOSEError) return { problem: 'invalid', message: describe(error, token) };
      throw error;
    }
  }

  async #loadSecret(): Promise<Uint8Array> {
    this.#secret ??= this.#readOrMakeSecret();
    return await this.#secret;
  }

  async #readOrMakeSecret(): Promise<Uint8Array> {
    const known = await this.#settings.get('tokenSecret');
    const secret = known ?? randomBytes(32).toString('base64url');
    if (known === undefined) await this.#settings.set('tokenSecret', secret);
    return new TextEncoder().encode(secret);
  }
}

function describe(error: errors.JOSEError, token: string): string {
  if (error instanceof errors.JWSSignatureVerificationFailed) return 'Signature verification failed';
  return token.split('.').length < 3 ? 'Not enough segments' : 'Invalid token';
}
