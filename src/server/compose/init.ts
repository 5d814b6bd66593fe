import type { Clock } from '../../lib/clock.ts';
import type { Logger } from '../../lib/log.ts';
import type { Credentials } from '../../protocol/schemas/admin/accounts.ts';
import type { ReleaseKey } from '../../protocol/schemas/releases.ts';
import { openServerStore } from '../../store/server/open-server-store.ts';
import { Accounts } from '../accounts/accounts.ts';
import { GuessThrottle } from '../accounts/guess-throttle.ts';
import { openCertificateAuthority } from '../ca/open-certificate-authority.ts';
import { lockDataDir } from '../lock-data-dir.ts';
import { openReleases } from './releases.ts';

export interface InitOptions {
  dataDir: string;
  clock: Clock;
  log: Logger;
}

export interface InitializedServer {
  /** SHA-256 of the root certificate, hex. */
  readonly fingerprint: string;
  readonly releaseKeys: readonly ReleaseKey[];
  /** Only the first time; the password is kept nowhere. */
  readonly firstAdmin?: Credentials;
}

/**
 * Makes what a server starts with, as far as it is missing: data folder, certificate authority, release keys, first admin.
 * @throws AppError DATA_DIR_IN_USE or STATE_*
 */
export async function initServer({ dataDir, clock, log }: InitOptions): Promise<InitializedServer> {
  using opened = new DisposableStack();
  opened.adopt(lockDataDir(dataDir), (held) => held.release());
  const store = opened.adopt(openServerStore(dataDir), (open) => open.close());
  const { accounts, agents, certificates, groups, rollouts } = store;
  const { fingerprint } = await openCertificateAuthority({ dataDir, certificates, clock, log });
  const releases = openReleases({ dataDir, groups, agents, rollouts, clock, log });
  const throttle = new GuessThrottle({ clock });
  const firstAdmin = await new Accounts({ store: accounts, certificates, throttle, clock }).ensureFirst();
  return { fingerprint, releaseKeys: releases.list().keys, ...(firstAdmin && { firstAdmin }) };
}
