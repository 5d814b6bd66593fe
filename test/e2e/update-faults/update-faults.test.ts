import { afterAll, beforeAll, test } from '@jest/globals';
import { describeOnPosix } from '../../support/on-posix.ts';
import { killed } from './cases/killed.ts';
import { FaultMatrix } from './matrix.ts';
import { FaultWorld } from './fault-world.ts';

const CASES = [...killed];
const AT_ONCE = 4;
/** Of all cases together; each has its own. */
const LIMIT_MS = 15 * 60_000;

/** Whatever happens to an update, the endpoint comes back: checked in, on the version that it says, with its identity and its work. */
describeOnPosix('An endpoint whose update is met by', () => {
  const world = new FaultWorld();
  const matrix = new FaultMatrix(CASES);
  let tried: Promise<void>;

  beforeAll(async () => {
    await world.start();
    tried = matrix.run(world, { atOnce: AT_ONCE });
  }, LIMIT_MS);

  afterAll(async () => {
    await tried;
    process.stdout.write(`${await matrix.toString()}\n`);
    await world.end();
  }, LIMIT_MS);

  for (const one of CASES) {
    const { fault, at, whyNot } = one;
    const run = whyNot === undefined ? test : test.skip;
    run(`${fault}, ${at}`, async () => await matrix.hasRecovered(one), LIMIT_MS);
  }
});
