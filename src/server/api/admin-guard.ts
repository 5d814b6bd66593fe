import type { FastifyRequest } from 'fastify';
import { REFUSED } from '../../protocol/commander/replies.ts';
import type { Accounts } from '../accounts/accounts.ts';
import type { AdminTokens } from '../accounts/admin-tokens.ts';
import type { PeerOf } from '../listener/peer.ts';
import { HttpRefusal } from './http-refusal.ts';

export interface AdminGuardOptions {
  tokens: AdminTokens;
  accounts: Accounts;
  peerOf: PeerOf;
}

interface Admin {
  username: string;
  by: 'token' | 'certificate';
}

/** Lets admins through: by bearer token or by client certificate, as long as the account exists. */
export class AdminGuard {
  readonly #options: AdminGuardOptions;
  readonly #admins = new WeakMap<FastifyRequest, Admin>();

  constructor(options: AdminGuardOptions) {
    this.#options = options;
  }

  /** For `onRequest`: before anything of the body is read. @throws HttpRefusal 401 or 422, as the original */
  readonly check = async (request: FastifyRequest): Promise<void> => {
    this.#admins.set(request, await this.#identify(request));
  };

  /** The user name, once `check` has let the request through. */
  usernameOf(request: FastifyRequest): string {
    return this.#adminOf(request).username;
  }

  /** A certificate must not be renewed with itself: what was stolen would live for ever. */
  requireToken(request: FastifyRequest): void {
    if (this.#adminOf(request).by !== 'token') throw new HttpRefusal(401, { msg: REFUSED.missingToken });
  }

  #adminOf(request: FastifyRequest): Admin {
    const admin = this.#admins.get(request);
    if (admin === undefined) throw new Error('The route is not guarded');
    return admin;
  }

  async #identify(request: FastifyRequest): Promise<Admin> {
    const byToken = await this.#checkToken(request.headers.authorization);
    if (!(byToken instanceof HttpRefusal)) return { username: byToken, by: 'token' };
    const peer = await this.#options.peerOf(request.raw);
    if (peer.kind !== 'admin' || !(await this.#options.accounts.exists(peer.subject))) throw byToken;
    return { username: peer.subject, by: 'certificate' };
  }

  async #checkToken(header: string | undefined): Promise<string | HttpRefusal> {
    if (header === undefined) return new HttpRefusal(401, { msg: REFUSED.missingToken });
    const token = /^Bearer +(\S+)\s*$/.exec(header)?.[1];
    if (token === undefined) return new HttpRefusal(422, { msg: REFUSED.badTokenHeader });
    const check = await this.#options.tokens.check(token);
    if ('problem' in check) {
      return new HttpRefusal(check.problem === 'expired' ? 401 : 422, { msg: check.message });
    }
    if (await this.#options.accounts.exists(check.username)) return check.username;
    return new HttpRefusal(401, { msg: REFUSED.tokenWithoutAccount });
  }
}
