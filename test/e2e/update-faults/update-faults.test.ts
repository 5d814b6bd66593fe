import { afterAll, beforeAll, test } from '@jest/globals';
import { describeOnLinux } from '../../support/on-posix.ts';
import { badFile } from './cases/bad-file.ts';
import { badVersion } from './cases/bad-version.ts';
import { certificateDue } from './cases/certificate-due.ts';
import { diskFull } from './cases/disk-full.ts';
import { killed } from './cases/killed.ts';
import { networkAway } from './cases/network-away.ts';
import { powerCut } from './cases/power-cut.ts';
import { untrusted } from './cases/untrusted.ts';
import { workGoesOn } from './cases/work-goes-on.ts';
import { FaultMatrix } from './matrix.ts';
import { FaultWorld } from './fault-world.ts';

/** The longest first. */
const CASES = [
  ...badVersion,
  ...networkAway,
  ...diskFull,
  ...powerCut,
  ...badFile,
  ...untrusted,
  ...certificateDue,
  ...workGoesOn,
  ...killed,
];
const AT_ONCE = 4;
/** Of all cases together; each has its own. */
const LIMIT_MS = 15 * 60_000;

/** Whatever happens to an update, the endpoint comes back: checked in, on the version that it says, with its identity and its work. */
describeOnLinux('An endpoint whose update is met by', () => {
  const world = new FaultWorld();
  const matrix = new FaultMatrix(CASES);
  let tried: Promise<void>;

  beforeAll(async () => {
    await world.start();
    tried = matrix.run(world, { atOnce: AT_ONCE });
  }, LIMIT_MS);

  afterAll(async () => {
    await tried;
    process.stdout.write(await matrix.toTable());
    await world.end();
  }, LIMIT_MS);

  for (const one of CASES) {
    const { fault, at, whyNot } = one;
    const run = whyNot === undefined ? test : test.skip;
    run(`${fault}, ${at}`, async () => await matrix.hasRecovered(one), LIMIT_MS);
  }
});
