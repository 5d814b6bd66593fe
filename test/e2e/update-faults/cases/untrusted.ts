import { createHash } from 'node:crypto';
import { cpSync, readdirSync, readFileSync, rmSync, statSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { KeyFiles } from '../../../../src/server/releases/key-files.ts';
import { MetadataFiles } from '../../../../src/server/releases/metadata-files.ts';
import { Repository } from '../../../../src/server/releases/repository.ts';
import { requireOk } from '../../../support/packed-world.ts';
import { SettableClock } from '../../../support/settable-clock.ts';
import type { Endpoint } from '../endpoint.ts';
import type { FaultCase, Injected } from '../fault-case.ts';
import { BAD, GOOD, INSTALLED } from '../fault-versions.ts';
import type { FaultWorld } from '../fault-world.ts';

/** Done by somebody who has the server's disk, but not the keys that its endpoints trust; or by time. */
interface Attack {
  readonly fault: string;
  readonly at: string;
  readonly reason: RegExp;
  readonly attack: (victim: FaultWorld, endpoint: Endpoint) => unknown;
  /** Which version is then ordered, and which goes on. */
  readonly ordered?: string;
  readonly goesOn?: string;
}

const NOT_SIGNED = /not what the release keys have signed/;
const YEAR_AND_A_MONTH_MS = 400 * 86_400_000;
const ENDLESS_BYTES = 64 * 1024 * 1024;

const ATTACKS: readonly Attack[] = [
  {
    ...{ fault: 'release signed by another key', at: 'all that the server has', reason: NOT_SIGNED },
    attack: async (victim) => {
      const other = await victim.another();
      await replace(victim, releasesOf(victim), releasesOf(other));
    },
  },
  {
    ...{ fault: 'release older than one seen before', at: 'metadata put back', reason: NOT_SIGNED },
    attack: async (victim, endpoint) => {
      const [metadataDir, olderDir] = [metadataOf(victim), join(victim.packed.dir, 'older')];
      cpSync(metadataDir, olderDir, { recursive: true });
      requireOk(await victim.packed.commander('releases', 'remove', INSTALLED));
      await endpoint.order(GOOD);
      await endpoint.settled([GOOD]);
      await replace(victim, metadataDir, olderDir);
    },
    ...{ ordered: BAD, goesOn: GOOD },
  },
  {
    ...{ fault: 'release changed after it was signed', at: 'its file', reason: /is not what was signed/ },
    attack: (victim) => {
      const path = filePathOf(victim, GOOD);
      writeFileSync(path, Buffer.alloc(statSync(path).size));
    },
  },
  {
    ...{ fault: 'release cut off at the server', at: 'its file', reason: /^Cannot fetch the new version/ },
    attack: (victim) => truncateSync(filePathOf(victim, GOOD), 1_000_000),
  },
  {
    ...{ fault: 'endless metadata', at: 'the list of versions', reason: /more came than the \d+ bytes/ },
    attack: (victim) => overwriteTargets(victim, Buffer.alloc(ENDLESS_BYTES, ' ')),
  },
  {
    ...{ fault: 'garbage for metadata', at: 'the list of versions', reason: NOT_SIGNED },
    attack: (victim) => overwriteTargets(victim, Buffer.from('garbage')),
  },
  {
    ...{ fault: 'list of versions that has ended', at: 'its key kept elsewhere', reason: /is out of date/ },
    attack: async (victim) => await letListEnd(victim),
  },
];

/** Nothing is taken that was not signed; the agent goes on with what it has, and the server is told. */
export const untrusted: readonly FaultCase[] = ATTACKS.map(
  ({ fault, at, reason, attack, ordered = GOOD, goesOn = INSTALLED }) => ({
    ...{ fault, at },
    inject: async (world): Promise<Injected> => {
      const victim = await world.another();
      const endpoint = await victim.endpoint();
      await attack(victim, endpoint);
      await endpoint.order(ordered);
      await endpoint.hasHeardOf(ordered);
      return { endpoint, ordered, endsOn: [goesOn], refusal: { outcome: 'fetch-failed', reason } };
    },
  }),
);

function releasesOf({ packed }: FaultWorld): string {
  return join(packed.dataDir, 'releases');
}

function metadataOf(world: FaultWorld): string {
  return join(releasesOf(world), 'metadata');
}

/** While the server runs, for it would not start with that. */
function overwriteTargets(world: FaultWorld, content: Uint8Array): void {
  const dir = metadataOf(world);
  for (const name of readdirSync(dir).filter((one) => one.endsWith('targets.json')))
    writeFileSync(join(dir, name), content);
}

function filePathOf(world: FaultWorld, version: string): string {
  const sha256 = createHash('sha256')
    .update(readFileSync(world.pathOf(version)))
    .digest('hex');
  return join(releasesOf(world), 'files', sha256);
}

/** Signed more than its lifetime ago, by a key that is not there to sign it anew. */
async function letListEnd(victim: FaultWorld): Promise<void> {
  const clock = new SettableClock();
  clock.advance(Date.now() - clock.now() - YEAR_AND_A_MONTH_MS);
  const keys = new KeyFiles(join(releasesOf(victim), 'keys'));
  await victim.packed.stopServer();
  const repository = Repository.open({ files: new MetadataFiles(metadataOf(victim)), keys, clock });
  repository.extend(['targets']);
  for (const { role, keyID } of repository.describeKeys()) if (role === 'targets') keys.remove(keyID);
  await victim.packed.startServer();
}

async function replace({ packed }: FaultWorld, dir: string, byDir: string): Promise<void> {
  await packed.stopServer();
  rmSync(dir, { recursive: true });
  cpSync(byDir, dir, { recursive: true });
  await packed.startServer();
}
