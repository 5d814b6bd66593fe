import { randomBytes } from 'node:crypto';
import type { Clock } from '../../lib/clock.ts';
import { AppError } from '../../lib/errors.ts';
import { Serial } from '../../lib/serial.ts';
import { REFUSED } from '../../protocol/commander/replies.ts';
import type { Credentials } from '../../protocol/schemas/admin/accounts.ts';
import type { Account, AccountStore } from '../../store/server/account-store.ts';
import type { CertificateStore } from '../../store/server/certificate-store.ts';
import type { GuessThrottle } from './guess-throttle.ts';
import { hashPassword, passwordMatches } from './passwords.ts';

export interface AccountsOptions {
  store: AccountStore;
  certificates: Pick<CertificateStore, 'revokeSubject'>;
  throttle: GuessThrottle;
  clock: Clock;
}

/** The admins of this server. There is always at least one after `ensureFirst`. */
export class Accounts {
  readonly #options: AccountsOptions;
  readonly #removals = new Serial();

  constructor(options: AccountsOptions) {
    this.#options = options;
  }

  /** On an empty server makes the account "admin" and returns its password, which nobody can ask for again. */
  async ensureFirst(): Promise<Credentials | undefined> {
    if ((await this.list()).length > 0) return undefined;
    const first = { username: 'admin', password: randomBytes(15).toString('base64url') };
    await this.add(first);
    return first;
  }

  /**
   * @param address who asks: guesses are counted per user name and address
   * @throws AppError CREDENTIALS_REFUSED, with `retryAfterMs` after too many wrong guesses
   */
  async authenticate({ username, password }: Credentials, address: string): Promise<Account> {
    const { store, throttle } = this.#options;
    const key = JSON.stringify([username, address]);
    throttle.begin(key);
    const account = await store.get(username);
    if (account === undefined) throw new AppError('CREDENTIALS_REFUSED', REFUSED.unknownUsername);
    if (!(await passwordMatches(password, account.passwordHash))) {
      throw new AppError('CREDENTIALS_REFUSED', REFUSED.wrongPassword);
    }
    throttle.succeeded(key);
    return account;
  }

  async changePassword(credentials: Credentials, newPassword: string, address: string): Promise<void> {
    const { username } = await this.authenticate(credentials, address);
    await this.#options.store.setPasswordHash(username, await hashPassword(newPassword));
  }

  /** @throws AppError ACCOUNT_EXISTS, or MESSAGE_INVALID for a name or password that will not do */
  async add({ username, password }: Credentials): Promise<void> {
    const { store, clock } = this.#options;
    if (!/^[^\s/\u0000-\u001f\u007f]{1,64}$/u.test(username)) {
      throw new AppError(
        'MESSAGE_INVALID',
        `"${username}" is no user name: 1 to 64 characters without spaces or slashes are needed`,
      );
    }
    if (await this.exists(username)) throw new AppError('ACCOUNT_EXISTS', REFUSED.usernameTaken);
    await store.add({ username, passwordHash: await hashPassword(password), createdAt: clock.now() });
  }

  /** Its certificates count for nothing any more. @throws AppError ACCOUNT_NOT_FOUND, or SERVER_REFUSED for the last account */
  async remove(username: string): Promise<void> {
    const { store, certificates, clock } = this.#options;
    await this.#removals.run(async () => {
      const accounts = await this.list();
      if (!accounts.some((account) => account.username === username)) {
        throw new AppError('ACCOUNT_NOT_FOUND', REFUSED.unknownUsername);
      }
      if (accounts.length === 1) {
        throw new AppError('SERVER_REFUSED', `"${username}" is the last account; add another one first`);
      }
      // First, or another account of the same name would inherit them.
      await certificates.revokeSubject('admin', username, clock.now());
      await store.remove(username);
    });
  }

  async exists(username: string): Promise<boolean> {
    return (await this.#options.store.get(username)) !== undefined;
  }

  async list(): Promise<Account[]> {
    return await this.#options.store.list();
  }
}
