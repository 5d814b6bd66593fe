import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { expect, test } from '@jest/globals';
import type { ServiceSpec } from '../../../../src/protocol/schemas/desired.ts';
import { useCleanup } from '../../../support/cleanup.ts';
import { fixtureProgram, isAlive } from '../../../support/fixture-program.ts';
import { ArchiveFolder, supervise } from '../../../support/supervised.ts';
import { makeTempDir } from '../../../support/temp-dir.ts';
import { waitFor } from '../../../support/wait-for.ts';

/** FAULTS 24: the agent is killed again and again under its services. */
const onEnd = useCleanup();
const NAMES = ['one', 'two', 'three', 'four', 'five'];
const KILLS = 50;
/** Each start writes itself down, and every line bears a number, so that a lost or doubled one shows. */
const COUNTS = `
  require("node:fs").appendFileSync("../../starts", process.pid + "\\n");
  let line = 0; setInterval(() => console.log(line++), 5)`;

interface World {
  readonly stateDir: string;
  readonly archives: ArchiveFolder;
}

function makeWorld(): World {
  const stateDir = makeTempDir(onEnd);
  const archives = new ArchiveFolder(join(stateDir, 'archives'));
  // Whatever becomes of the test: an agent that wants nothing ends all that is left.
  onEnd(async () => await supervise(() => undefined, stateDir, { archives }).end());
  return { stateDir, archives };
}

function want({ stateDir }: World, specs: readonly ServiceSpec[]): void {
  writeFileSync(join(stateDir, 'desired.json'), JSON.stringify(specs));
}

function startAgent({ stateDir }: World): ChildProcess {
  const agent = spawn(process.execPath, [fixtureProgram('supervises.ts'), stateDir], { stdio: 'inherit' });
  onEnd(async () => await killAgent(agent));
  return agent;
}

async function killAgent(agent: ChildProcess): Promise<void> {
  if (agent.exitCode !== null || agent.signalCode !== null) return;
  const exit = once(agent, 'exit');
  agent.kill('SIGKILL');
  await exit;
}

function pidsOf({ stateDir }: World, name: string): number[] {
  const path = join(stateDir, 'services', name, 'starts');
  return existsSync(path) ? readFileSync(path, 'utf8').trim().split('\n').map(Number) : [];
}

test('an agent that is killed while it starts its services starts none of them twice', async () => {
  const world = makeWorld();
  want(world, await Promise.all(NAMES.map(async (name) => await world.archives.spec(name, COUNTS))));
  for (let kill = 0; kill < 20; kill++) {
    const agent = startAgent(world);
    await delay(80 + kill * 4);
    await killAgent(agent);
  }
  startAgent(world);
  const logOf = (name: string): string => join(world.stateDir, 'services', name, 'log/output.log');
  const hasWritten = (name: string): boolean =>
    existsSync(logOf(name)) && readFileSync(logOf(name)).length > 0;
  await waitFor(() => NAMES.every(hasWritten), { what: 'all to run' });
  expect(NAMES.map((name) => pidsOf(world, name).length)).toEqual(NAMES.map(() => 1));
}, 60_000);

test(`${KILLS} times kill -9 on the agent restart none of five services, and lose no line they write`, async () => {
  const world = makeWorld();
  want(world, await Promise.all(NAMES.map(async (name) => await world.archives.spec(name, COUNTS))));
  let agent = startAgent(world);
  await waitFor(() => NAMES.every((name) => pidsOf(world, name).length === 1), { what: 'all to start' });
  for (let kill = 0; kill < KILLS; kill++) {
    await delay(Math.random() * 120); // anywhere between its first step and peace
    await killAgent(agent);
    agent = startAgent(world);
  }
  await delay(300); // for the last one to take over
  const pids = NAMES.map((name) => pidsOf(world, name));
  expect(pids.map((starts) => starts.length)).toEqual(NAMES.map(() => 1));
  expect(pids.flat().every(isAlive)).toBe(true);
  for (const name of NAMES) {
    const lines = readFileSync(join(world.stateDir, 'services', name, 'log/output.log'), 'utf8')
      .trim()
      .split('\n');
    expect(lines).toEqual(lines.map((_, index) => String(index)));
    expect(readdirSync(join(world.stateDir, 'services', name, 'runs'))).toHaveLength(1);
  }
}, 120_000);
