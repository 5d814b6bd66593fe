import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll } from '@jest/globals';
import { packageVersion } from '../../build/bundle.ts';
import { packAgent } from './pack-agent.ts';
import { requireOk, type PackedWorld } from './packed-world.ts';
import { packedPath } from './packed.ts';

/** The packed executable of this tree. */
export const INSTALLED = packageVersion();
/** The same under a newer number. */
export const GOOD = '99.1.0';
/** Newer still; passes its preflight, and ends when it is to run. */
export const CRASHING = '99.2.0';

const PACKING_MS = 120_000;

/** Packs the others before the tests of a file. `crash` is a statement of JavaScript. @returns what publishes all three */
export function usePackedReleases({ crash }: { crash: string }): (world: PackedWorld) => Promise<void> {
  const dir = mkdtempSync(join(tmpdir(), 'commander-releases-'));
  const [good, crashing] = [join(dir, 'good'), join(dir, 'crashing')];
  beforeAll(async () => {
    await packAgent({ version: GOOD, outPath: good });
    const change = (source: string): string => `if (process.argv.includes('run')) ${crash};\n${source}`;
    await packAgent({ version: CRASHING, outPath: crashing, change });
  }, PACKING_MS);
  afterAll(() => rmSync(dir, { recursive: true, force: true }));
  return async (world) =>
    void requireOk(
      await world.commander('releases', 'publish', packedPath('commander-agent'), good, crashing),
    );
}
