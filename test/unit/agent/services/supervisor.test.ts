import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { AppError } from '../../../../src/lib/errors.ts';
import type { ServiceSpec, UnitState } from '../../../../src/protocol/schemas/desired.ts';
import { useCleanup } from '../../../support/cleanup.ts';
import { isAlive } from '../../../support/fixture-program.ts';
import { ArchiveFolder, supervise, type Supervised } from '../../../support/supervised.ts';
import { makeTempDir } from '../../../support/temp-dir.ts';
import { waitFor } from '../../../support/wait-for.ts';

const onEnd = useCleanup();
const STAYS = 'console.log("up", process.pid); setInterval(() => {}, 1000)';
/** Writes down each start in the folder it runs in. */
const exits = (code: number): string =>
  `require("node:fs").appendFileSync("../../starts", "x"); process.exit(${code})`;

interface World {
  readonly stateDir: string;
  readonly archives: ArchiveFolder;
  /** An agent begins to supervise, as it does when it starts. */
  readonly start: (wanted?: readonly ServiceSpec[]) => Supervised;
}

function makeWorld(): World {
  const stateDir = makeTempDir(onEnd);
  const archives = new ArchiveFolder(join(stateDir, 'archives'));
  return {
    ...{ stateDir, archives },
    start: (wanted = []) => {
      const agent = supervise(onEnd, stateDir, { archives });
      agent.supervisor.desiredChanged(wanted);
      return agent;
    },
  };
}

async function pidOf(agent: Supervised, name: string): Promise<number> {
  const { pid = 0 } = await agent.is(name, 'running', (unit) => unit.pid !== undefined);
  return pid;
}

const startsOf = ({ stateDir }: World, name: string): number => {
  const path = join(stateDir, 'services', name, 'starts');
  return existsSync(path) ? readFileSync(path, 'utf8').length : 0;
};

describe('a service', () => {
  test('is started, and stopped and gone from disk when it is no longer wanted', async () => {
    const { archives, start } = makeWorld();
    const agent = start([await archives.spec('web', STAYS)]);
    const leftWhenGone: UnitState[][] = [];
    agent.supervisor.onGone(() => leftWhenGone.push(agent.supervisor.states()));
    const pid = await pidOf(agent, 'web');
    expect([isAlive(pid), leftWhenGone]).toEqual([true, []]);
    agent.supervisor.desiredChanged([]);
    await agent.isGone('web');
    expect(leftWhenGone).toEqual([[]]);
    expect(isAlive(pid)).toBe(false);
    expect(readdirSync(agent.servicesDir)).toEqual([]);
  });

  test('goes with all that it has started, whatever it does not listen to', async () => {
    const { archives, start } = makeWorld();
    const script = `
      process.on("SIGTERM", () => {});
      const { spawn } = require("node:child_process");
      const child = spawn(process.execPath, ["-e", "setInterval(() => {}, 1000)"], { detached: true, stdio: "ignore" });
      require("node:fs").writeFileSync("../../child", String(child.pid));
      setInterval(() => {}, 1000)`;
    const agent = start([await archives.spec('web', script, { stopGraceSeconds: 0 })]);
    const pid = await pidOf(agent, 'web');
    const childPath = join(agent.servicesDir, 'web', 'child');
    const childPid = (): number | undefined =>
      existsSync(childPath) ? Number(readFileSync(childPath, 'utf8')) || undefined : undefined;
    const child = await waitFor(childPid, { what: 'the child' });
    agent.supervisor.desiredChanged([]);
    await agent.isGone('web');
    expect([pid, child].map(isAlive)).toEqual([false, false]);
  });

  test('that is asked to stop has time to end by itself', async () => {
    const { archives, stateDir, start } = makeWorld();
    const script = `
      process.on("SIGTERM", () => { require("node:fs").writeFileSync(process.argv[2], "orderly"); process.exit(0) });
      setInterval(() => {}, 1000); console.log("ready")`;
    const farewell = join(stateDir, 'farewell');
    const agent = start([await archives.spec('web', script, { argv: [farewell], stopGraceSeconds: 10 })]);
    await pidOf(agent, 'web');
    const log = join(agent.servicesDir, 'web/log/output.log');
    await waitFor(() => existsSync(log) && readFileSync(log, 'utf8').includes('ready'), {
      what: 'its handler',
    });
    agent.supervisor.desiredChanged([]);
    await agent.isGone('web');
    expect(readFileSync(farewell, 'utf8')).toBe('orderly');
  });

  test('whose agent stops goes on, and the next agent takes it over as it is', async () => {
    const { archives, start } = makeWorld();
    const spec = await archives.spec('web', STAYS);
    const first = start([spec]);
    const pid = await pidOf(first, 'web');
    await first.stop();
    expect(isAlive(pid)).toBe(true);
    const second = start([spec]);
    expect(await pidOf(second, 'web')).toBe(pid);
    expect(second.supervisor.states()).toMatchObject([{ restarts: 0 }]);
  });

  test('that ended while no agent was there has its exit code known', async () => {
    const { archives, stateDir, start } = makeWorld();
    const flag = join(stateDir, 'end');
    const script = `const t = setInterval(() => { if (require("node:fs").existsSync(process.argv[2])) process.exit(7) }, 10)`;
    const spec = await archives.spec('web', script, { argv: [flag], restart: 'never' });
    const first = start([spec]);
    const pid = await pidOf(first, 'web');
    await first.stop();
    writeFileSync(flag, '');
    await waitFor(() => !isAlive(pid), { what: 'the program to end' });
    const { lastOutcome } = await start([spec]).is('web', 'parked');
    expect(lastOutcome).toBe('exited with code 7');
  });

  test('that is no longer wanted when the agent comes back is stopped', async () => {
    const { archives, start } = makeWorld();
    const first = start([await archives.spec('web', STAYS)]);
    const pid = await pidOf(first, 'web');
    await first.stop();
    const second = start([]);
    await waitFor(() => !isAlive(pid) && readdirSync(second.servicesDir).length === 0, { what: 'its end' });
  });

  test('of which the store knows nothing any more is ended before it is started anew', async () => {
    const { archives, stateDir, start } = makeWorld();
    const spec = await archives.spec('web', STAYS);
    const first = start([spec]);
    const old = await pidOf(first, 'web');
    await first.stop();
    for (const ending of ['', '-wal', '-shm']) writeFileSync(join(stateDir, `state.db${ending}`), '');
    const pid = await pidOf(start([spec]), 'web');
    expect([old, pid].map(isAlive)).toEqual([false, true]);
  });
});

describe('a service that ends', () => {
  test.each<[string, ServiceSpec['restart'], number, string]>([
    ['stays down after a good end', 'on-failure', 0, 'stopped'],
    ['stays down when it must not be started again', 'never', 0, 'stopped'],
    ['is parked after a bad end', 'never', 3, 'parked'],
  ])('%s', async (_, restart, code, state) => {
    const world = makeWorld();
    const agent = world.start([
      await world.archives.spec('once', exits(code), restart === undefined ? {} : { restart }),
    ]);
    expect(await agent.is('once', state)).toMatchObject({
      lastOutcome: `exited with code ${code}`,
      restarts: 0,
    });
    expect(startsOf(world, 'once')).toBe(1);
  });

  test.each<[ServiceSpec['restart'], number]>([
    ['always', 0],
    ['on-failure', 3],
  ])(
    'is started again within its budget and then parked, also for the next agent (%s, %d)',
    async (restart, code) => {
      const world = makeWorld();
      const restartBudget = { limit: 4, windowSeconds: 60 };
      const spec = await world.archives.spec('loop', exits(code), {
        restartBudget,
        ...(restart && { restart }),
      });
      const first = world.start([spec]);
      const { problem } = await first.is('loop', 'parked');
      expect(problem).toMatch(/more than 4 restarts within 60 s/);
      expect(startsOf(world, 'loop')).toBe(5);
      await first.stop();
      const second = world.start([spec]);
      await second.is('loop', 'parked');
      expect(startsOf(world, 'loop')).toBe(5);
      expect(readdirSync(join(second.servicesDir, 'loop', 'runs'))).toEqual([]);
    },
  );

  test('and is wanted differently is started again', async () => {
    const world = makeWorld();
    const spec = await world.archives.spec('web', exits(1), { restart: 'never' });
    const agent = world.start([spec]);
    await agent.is('web', 'parked');
    agent.supervisor.desiredChanged([{ ...spec, argv: ['again'] }]);
    await waitFor(() => startsOf(world, 'web') === 2, { what: 'another start' });
  });
});

describe('a new version', () => {
  test('takes the place of the old one, whose files go when it is healthy', async () => {
    const { archives, start } = makeWorld();
    const agent = start([await archives.spec('web', `${STAYS} // 1`)]);
    const old = await pidOf(agent, 'web');
    const spec = await archives.spec('web', `${STAYS} // 2`);
    agent.supervisor.desiredChanged([spec]);
    await agent.is('web', 'running', ({ archive, pid }) => archive === spec.archive.sha256 && pid !== old);
    expect(isAlive(old)).toBe(false);
    const versionsDir = join(agent.servicesDir, 'web', 'versions');
    await waitFor(() => readdirSync(versionsDir).length === 1, { what: 'the old files to go' });
  });

  test('that is never healthy gives way to the last good one, and is not tried again', async () => {
    const world = makeWorld();
    const good = await world.archives.spec('web', STAYS);
    const agent = world.start([good]);
    await pidOf(agent, 'web');
    const bad = await world.archives.spec('web', exits(3), { probe: { kind: 'tcp', port: 1 } });
    agent.supervisor.desiredChanged([bad]);
    const { problem, archive } = await agent.is('web', 'running', (unit) => unit.problem !== undefined);
    expect(problem).toMatch(/Went back to the last good version.*exited with code 3/);
    expect(archive).toBe(good.archive.sha256);
    expect(startsOf(world, 'web')).toBe(3);
    agent.supervisor.desiredChanged([bad]);
    await agent.stop();
    const next = world.start([bad]);
    expect(await next.is('web', 'running')).toMatchObject({ problem, archive });
    expect(startsOf(world, 'web')).toBe(3);
  });

  test.each<[string, (archives: ArchiveFolder, good: ServiceSpec) => ServiceSpec, RegExp]>([
    ['without its program', (_, good) => ({ ...good, filename: 'none.cjs' }), /does not hold "none.cjs"/],
    [
      'for an interpreter that is not here',
      (_, good) => ({ ...good, executor: 'perl9' }),
      /"perl9" not found/,
    ],
    ['that depends on what is not here', (_, good) => ({ ...good, dependsOn: ['db'] }), /depends on "db"/],
    ['that depends on itself', (_, good) => ({ ...good, dependsOn: ['web'] }), /web -> web/],
  ])('%s leaves the old one running, and says why', async (_, spoil, reason) => {
    const { archives, start } = makeWorld();
    const good = await archives.spec('web', STAYS);
    const agent = start([good]);
    const pid = await pidOf(agent, 'web');
    agent.supervisor.desiredChanged([spoil(archives, good)]);
    await agent.is('web', 'running', (unit) => unit.pid === pid && reason.test(unit.problem ?? ''));
    expect(isAlive(pid)).toBe(true);
  });

  test('that cannot be fetched for now is fetched later', async () => {
    const { archives, start } = makeWorld();
    archives.failures.push(new AppError('SERVER_UNREACHABLE', 'Nobody answers', { retryable: true }));
    const agent = start([await archives.spec('web', STAYS)]);
    await pidOf(agent, 'web');
    expect(agent.announced.map(({ state }) => state)).toEqual([
      'preparing',
      'starting',
      'running',
      'running',
    ]);
  });
});

test('a service that cannot be prepared is broken, and says why', async () => {
  const { archives, start } = makeWorld();
  const agent = start([await archives.spec('web', STAYS, { filename: 'none.cjs' })]);
  expect((await agent.is('web', 'broken')).problem).toMatch(/does not hold "none.cjs"/);
});

test('services start after what they depend on is healthy, and stop before it', async () => {
  const { archives, stateDir, start } = makeWorld();
  const story = join(stateDir, 'story');
  const tells = `
    const tell = (what) => require("node:fs").appendFileSync(process.argv[2], what + process.argv[3] + " ");
    process.on("SIGTERM", () => { setTimeout(() => { tell("-"); process.exit() }, 50) });
    tell("+"); setInterval(() => {}, 1000)`;
  const service = async (name: string, dependsOn: string[]): Promise<ServiceSpec> =>
    await archives.spec(name, tells, {
      argv: [story, name],
      dependsOn,
      stopGraceSeconds: 10,
      probe: { kind: 'command', command: ['grep', '-q', `+${name}`, story] },
    });
  const agent = start([await service('web', ['api']), await service('api', ['db']), await service('db', [])]);
  await agent.is('web', 'running');
  agent.supervisor.desiredChanged([]);
  await agent.isGone('db');
  expect(readFileSync(story, 'utf8')).toBe('+db +api +web -web -api -db ');
});

test('a folder that belongs to no service is removed', async () => {
  const { stateDir, start } = makeWorld();
  mkdirSync(join(stateDir, 'services', 'left-over', 'versions'), { recursive: true });
  const agent = start([]);
  await waitFor(() => readdirSync(agent.servicesDir).length === 0, { what: 'the folder to go' });
});
