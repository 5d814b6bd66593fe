import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { IdentityFolder } from '../../../../src/agent/enrollment/identity-folder.ts';
import { createCertificateRequest } from '../../../../src/lib/certificate-request.ts';
import { currentPlatform } from '../../../../src/platform/select.ts';
import type { Cleanup } from '../../../support/cleanup.ts';
import { openOwnAuthority } from '../../../support/own-authority.ts';
import { SettableClock } from '../../../support/settable-clock.ts';
import { waitFor } from '../../../support/wait-for.ts';
import type { Endpoint } from '../endpoint.ts';
import type { FaultCase } from '../fault-case.ts';
import { GOOD } from '../fault-versions.ts';
import type { FaultWorld } from '../fault-world.ts';
import { SLOW_DOWNLOAD, type Moment } from '../moments.ts';

const MOMENTS: readonly Moment[] = ['while it is fetched', 'right after the switch', 'on probation'];
/** Of the 90 days that a certificate is good for; it is renewed after 60 to 69. */
const AGE_MS = 80 * 86_400_000;

/** An endpoint has one identity, whichever version renews it. */
export const certificateDue: readonly FaultCase[] = MOMENTS.map((at) => ({
  ...{ fault: 'certificate renewed', at },
  inject: async (world) => {
    const victim = await world.another();
    const endpoint = await victim.endpoint({ environment: SLOW_DOWNLOAD });
    await endpoint.orderUntil(at, GOOD);
    await endpoint.stop();
    await giveDueCertificate(victim, endpoint);
    const due = newestPairOf(endpoint);
    endpoint.start();
    const isRenewed = (): boolean => newestPairOf(endpoint) !== due;
    await waitFor(isRenewed, { what: 'the renewed certificate', timeoutMs: 30_000 });
    return { endpoint, ordered: GOOD, endsOn: [GOOD] };
  },
}));

/** As the server would have issued it long ago. */
async function giveDueCertificate({ packed }: FaultWorld, { agentID, stateDir }: Endpoint): Promise<void> {
  const folder = new IdentityFolder({ stateDir, platform: currentPlatform() });
  const identity = folder.load();
  if (identity === undefined) throw new Error(`There is no identity in "${stateDir}"`);
  const cleanups: Cleanup[] = [];
  await packed.stopServer();
  const clock = new SettableClock(Date.now() - AGE_MS);
  const { ca } = await openOwnAuthority((cleanup) => cleanups.push(cleanup), {
    ...{ clock, dataDir: packed.dataDir },
  });
  const { key, csr } = await createCertificateRequest(agentID);
  const { certPem: cert } = await ca.issueAgent(csr, agentID);
  folder.replace(identity, { key, cert, roots: identity.credentials.roots });
  for (const cleanup of cleanups) await cleanup();
  await packed.startServer();
}

/** Its name: of the one that was renewed, also before it has connected. */
function newestPairOf({ stateDir }: Endpoint): string {
  const text = readFileSync(join(stateDir, 'identity', 'identity.json'), 'utf8');
  const { pair, candidate } = JSON.parse(text) as { pair: string; candidate?: string };
  return candidate ?? pair;
}
