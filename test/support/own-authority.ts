import type { Clock } from '../../src/lib/clock.ts';
import { silentLogger } from '../../src/lib/log.ts';
import type { CertificateAuthority } from '../../src/server/ca/certificate-authority.ts';
import { openCertificateAuthority } from '../../src/server/ca/open-certificate-authority.ts';
import type { CertificateStore } from '../../src/store/server/certificate-store.ts';
import { openServerStore } from '../../src/store/server/open-server-store.ts';
import type { Cleanup } from './cleanup.ts';
import { SettableClock } from './settable-clock.ts';
import { makeTempDir } from './temp-dir.ts';

export interface OwnAuthority {
  readonly ca: CertificateAuthority;
  readonly certificates: CertificateStore;
  readonly dataDir: string;
}

/** The server's real CA over its real store, in a folder that ends with the test. */
export async function openOwnAuthority(
  onEnd: (cleanup: Cleanup) => void,
  { clock = new SettableClock(), dataDir = makeTempDir(onEnd) }: { clock?: Clock; dataDir?: string } = {},
): Promise<OwnAuthority> {
  const store = openServerStore(dataDir);
  onEnd(() => store.close());
  const { certificates } = store;
  const ca = await openCertificateAuthority({ dataDir, certificates, clock, log: silentLogger });
  return { ca, certificates, dataDir };
}
