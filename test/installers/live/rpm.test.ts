import { afterAll, beforeAll, expect, test } from '@jest/globals';
import type { Cleanup } from '../../support/cleanup.ts';
import { PackedWorld } from '../../support/packed-world.ts';
import { Container, whyNoContainer } from '../support/container.ts';
import { describeUnless } from '../support/describe-with.ts';
import { Endpoint } from '../support/endpoint.ts';
import { buildPackage } from '../support/linux-packages.ts';

/** Debian's rpm has no database of what Debian itself installed. */
const RPM = ['rpm', '--nodeps'];

/** The tests below are one story: each begins where the one before it ended. */
describeUnless(whyNoContainer(), 'an RPM package in a booted system', () => {
  const cleanups: Cleanup[] = [];
  const versions: Record<string, string> = {};
  let world: PackedWorld;
  let container: Container;
  let endpoint: Endpoint;

  beforeAll(async () => {
    world = new PackedWorld((cleanup) => cleanups.push(cleanup));
    await world.startServer();
    container = await Container.boot();
    cleanups.push(async () => await container.end());
    endpoint = new Endpoint(container, world);
    for (const version of ['1.0.0', '1.0.1'])
      versions[version] = container.take(buildPackage('rpm', version, world.dir));
  }, 120_000);

  afterAll(async () => {
    for (const cleanup of cleanups.reverse()) await cleanup();
  });

  test('installed with a token, it enrols, starts and is enabled', async () => {
    container.run([...RPM, '--install', versions['1.0.0'] ?? ''], {
      COMMANDER_AGENT_TOKEN: await world.joinToken(),
    });
    await endpoint.connected();
    expect(container.run(['systemctl', 'is-enabled', 'commander-agent.service'])).toBe('enabled');
    expect(container.run(['ls', '/etc/commander-agent'])).toBe('config.json');
  });

  test('an upgrade brings the new version into its place, and keeps what an admin configured', async () => {
    const pid = endpoint.property('MainPID');
    container.run(['sh', '-c', `echo '{ "logLevel": "debug" }' > /etc/commander-agent/config.json`]);
    container.run([...RPM, '--upgrade', versions['1.0.1'] ?? '']);
    await endpoint.replaced(pid);
    await endpoint.connected();
    expect(container.run(['rpm', '--query', 'commander-agent'])).toBe('commander-agent-1.0.1-1.x86_64');
    expect(container.run(['cat', '/etc/commander-agent/config.json'])).toContain('debug');
  });

  test('erased, it is stopped with all that it has started, and nothing is left but what the admin wrote', async () => {
    const kept = [endpoint.startBesideAgent(), endpoint.startService('/var/lib/commander-agent')];
    container.run([...RPM, '--erase', 'commander-agent']);
    expect(container.try(['pgrep', '-f', 'commander-agent run']).code).toBe(1);
    for (const pid of kept) await endpoint.ended(pid);
    const find = String.raw`find / -xdev \( -path /proc -o -path /sys -o -path /root \) -prune -o -iname '*commander*' -print`;
    expect(container.run(['sh', '-c', find])).toBe('/etc/commander-agent');
    expect(container.run(['ls', '/etc/commander-agent'])).toBe('config.json.rpmsave');
  });
});
