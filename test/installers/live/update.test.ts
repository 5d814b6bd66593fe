import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import type { JobView } from '../../../src/protocol/schemas/admin/jobs.ts';
import type { UnitView } from '../../../src/protocol/schemas/admin/units.ts';
import { BAD, GOOD, INSTALLED, misbehaving, packVersions } from '../../e2e/update-faults/fault-versions.ts';
import type { Cleanup } from '../../support/cleanup.ts';
import { SAY_FOREVER, writeScript } from '../../support/job-scripts.ts';
import { packAgent } from '../../support/pack-agent.ts';
import { PackedWorld, requireOk } from '../../support/packed-world.ts';
import { waitFor } from '../../support/wait-for.ts';
import { Container, whyNoContainer } from '../support/container.ts';
import { describeUnless } from '../support/describe-with.ts';
import { Endpoint } from '../support/endpoint.ts';
import { buildPackage } from '../support/linux-packages.ts';

/** Of a package that comes after all of these updates. */
const PACKAGED = '99.3.0';
const CONFIG = JSON.stringify({ update: { probationSeconds: 3, hangSeconds: 20, checkinSeconds: 20 } });
const EXECUTABLE = '/usr/bin/commander-agent';
const SETTLED_MS = 40_000;

/** The tests below are one story: each begins where the one before it ended. */
describeUnless(whyNoContainer(), 'an agent that systemd keeps, and its updates', () => {
  const cleanups: Cleanup[] = [];
  let world: PackedWorld;
  let container: Container;
  let endpoint: Endpoint;
  let installedHash: string;

  beforeAll(async () => {
    world = new PackedWorld((cleanup) => cleanups.push(cleanup));
    await world.startServer();
    const versions = await packVersions();
    cleanups.push(() => rmSync(versions.dir, { recursive: true, force: true }));
    requireOk(await world.commander('releases', 'publish', ...Object.values(versions.paths)));
    await world.addToLibrary(writeScript(world.dir, SAY_FOREVER), '--kind', 'service', '--name', 'web');
    requireOk(await world.commander('services', 'assign', 'web', '--group', 'default'));
    container = await Container.boot();
    cleanups.push(async () => await container.end());
    endpoint = new Endpoint(container, world);
    await installAgent();
  }, 240_000);

  afterAll(async () => {
    for (const cleanup of cleanups.reverse()) await cleanup();
  });

  async function installAgent(): Promise<void> {
    container.run(['systemctl', 'set-environment', ...assignments(misbehaving('crashes at once'))]);
    const path = container.take(buildPackage('deb', '1.0.0', world.dir));
    container.run(['apt-get', 'install', '-y', '-qq', path], {
      COMMANDER_AGENT_TOKEN: await world.joinToken(),
    });
    await endpoint.connected();
    container.run(['sh', '-c', `echo '${CONFIG}' > /etc/commander-agent/config.json`]);
    container.run(['systemctl', 'restart', 'commander-agent.service']);
    await runs(INSTALLED);
    installedHash = hashOfInstalled();
  }

  function hashOfInstalled(): string {
    return container.run(['sha256sum', EXECUTABLE]);
  }

  async function order(version: string): Promise<void> {
    requireOk(await world.commander('groups', 'set-version', 'default', version));
  }

  /** Checked in with that version, which has nothing to prove any more. */
  async function runs(version: string): Promise<void> {
    await waitFor(
      async () => (await world.agents()).some((agent) => agent.connected && agent.version === version),
      { what: `the check-in of version ${version}`, timeoutMs: SETTLED_MS, everyMs: 200 },
    );
    await waitFor(() => !container.run([EXECUTABLE, 'update', 'status']).includes('probation'), {
      ...{ what: `version ${version} to be proven`, timeoutMs: SETTLED_MS, everyMs: 500 },
    });
  }

  async function servicePid(): Promise<number | undefined> {
    const found = await waitFor(
      async () => {
        const { units } = await world.ask<{ units: UnitView[] }>('services', 'show', 'web');
        return units.find(({ state }) => state === 'running');
      },
      { what: 'the running service', timeoutMs: SETTLED_MS, everyMs: 200 },
    );
    return found.pid;
  }

  async function updateTo(version: string): Promise<JobView> {
    return await waitFor(async () => (await world.jobs()).find((job) => isFinishedChangeTo(version, job)), {
      what: `the result of the update to ${version}`,
      timeoutMs: SETTLED_MS,
      everyMs: 500,
    });
  }

  test('a newer version takes over in the process that systemd knows; what is installed stays, a service goes on', async () => {
    const [pid, webPid] = [endpoint.property('MainPID'), await servicePid()];
    await order(GOOD);
    await runs(GOOD);
    expect(await updateTo(GOOD)).toMatchObject({ outcome: 'succeeded' });
    expect(endpoint.property('MainPID')).toBe(pid);
    expect([endpoint.property('ActiveState'), endpoint.property('NRestarts')]).toEqual(['active', '0']);
    expect(hashOfInstalled()).toBe(installedHash);
    expect(await servicePid()).toBe(webPid);
  }, 90_000);

  test('it is that version which runs after a restart, and after a crash', async () => {
    container.run(['systemctl', 'restart', 'commander-agent.service']);
    await runs(GOOD);
    const pid = endpoint.property('MainPID');
    container.run(['kill', '-9', pid]);
    await endpoint.replaced(pid);
    await runs(GOOD);
  }, 90_000);

  test('a version that crashes at once is left again, and the service is neither failed nor disabled', async () => {
    await order(BAD);
    expect(await updateTo(BAD)).toMatchObject({
      outcome: 'failed',
      reason: expect.stringContaining('ended by itself') as unknown,
    });
    await runs(GOOD);
    expect(endpoint.property('ActiveState')).toBe('active');
    expect(endpoint.property('UnitFileState')).toBe('enabled');
    await order(GOOD);
  }, 90_000);

  test('stopped during its probation, a version goes on with it at the next start', async () => {
    await order(INSTALLED);
    await waitFor(() => container.run([EXECUTABLE, 'update', 'status']).includes('probation'), {
      ...{ what: 'the probation', timeoutMs: SETTLED_MS, everyMs: 100 },
    });
    container.run(['systemctl', 'stop', 'commander-agent.service']);
    container.run(['systemctl', 'start', 'commander-agent.service']);
    await runs(INSTALLED);
    expect(await updateTo(INSTALLED)).toMatchObject({ outcome: 'succeeded' });
  }, 90_000);

  test('"update rollback" brings the version before it back', async () => {
    container.run([EXECUTABLE, 'update', 'rollback']);
    await runs(GOOD);
    expect(container.run([EXECUTABLE, 'update', 'status'])).toContain('rolled back by somebody');
  }, 90_000);

  test('a newer package comes before what was updated', async () => {
    requireOk(await world.commander('groups', 'set-version', 'default', '--any'));
    const executablePath = join(world.dir, 'packaged');
    await packAgent({ version: PACKAGED, outPath: executablePath });
    const path = container.take(buildPackage('deb', PACKAGED, world.dir, executablePath));
    container.run(['apt-get', 'install', '-y', '-qq', '-o', 'Dpkg::Options::=--force-confold', path]);
    await runs(PACKAGED);
  }, 90_000);

  test('purged, nothing is left of any version', () => {
    container.run(['apt-get', 'purge', '-y', '-qq', 'commander-agent']);
    expect(container.try(['ls', '/var/lib/commander-agent']).code).not.toBe(0);
    expect(container.try(['pgrep', '-f', 'commander-agent']).code).toBe(1);
  });
});

function assignments(environment: Readonly<Record<string, string>>): string[] {
  return Object.entries(environment).map(([name, value]) => `${name}=${value}`);
}

function isFinishedChangeTo(version: string, { origin, state }: JobView): boolean {
  return state === 'finished' && origin !== undefined && 'updateTo' in origin && origin.updateTo === version;
}
