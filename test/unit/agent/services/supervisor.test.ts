import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { useCleanup } from '../../../support/cleanup.ts';
import { isAlive } from '../../../support/fixture-program.ts';
import { ArchiveFolder, supervise, type Supervised } from '../../../support/supervised.ts';
import { makeTempDir } from '../../../support/temp-dir.ts';
import { waitFor } from '../../../support/wait-for.ts';

const onEnd = useCleanup();
const STAYS = 'console.log("up", process.pid); setInterval(() => {}, 1000)';

function makeWorld(): { stateDir: string; archives: ArchiveFolder; start: () => Supervised } {
  const stateDir = makeTempDir(onEnd);
  const archives = new ArchiveFolder(join(stateDir, 'archives'));
  return { stateDir, archives, start: () => supervise(onEnd, stateDir, { archives }) };
}

test('a service is started, and stopped and gone from disk when it is no longer wanted', async () => {
  const { archives, start } = makeWorld();
  const agent = start();
  const spec = await archives.spec('web', STAYS);
  agent.supervisor.desiredChanged([spec]);
  const { pid = 0 } = await agent.is('web', 'running', ({ pid }) => pid !== undefined);
  expect(isAlive(pid)).toBe(true);
  agent.supervisor.desiredChanged([]);
  await agent.isGone('web');
  expect(isAlive(pid)).toBe(false);
  expect(readdirSync(agent.servicesDir)).toEqual([]);
});
