import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import type { Cleanup } from '../../support/cleanup.ts';
import { PackedWorld } from '../../support/packed-world.ts';
import { Container, whyNoContainer } from '../support/container.ts';
import { describeUnless } from '../support/describe-with.ts';
import { Endpoint } from '../support/endpoint.ts';
import { buildPackage } from '../support/linux-packages.ts';

const PLAYBOOK = `---
- name: Endpoint
  hosts: all
  roles:
    - role: commander_agent
`;

/** The tests below are one story: each begins where the one before it ended. */
describeUnless(whyNoContainer(), 'the Ansible role on a booted Debian', () => {
  const cleanups: Cleanup[] = [];
  let world: PackedWorld;
  let container: Container;
  let endpoint: Endpoint;
  let settings: Record<string, unknown>;

  beforeAll(async () => {
    world = new PackedWorld((cleanup) => cleanups.push(cleanup));
    await world.startServer();
    container = await Container.boot();
    cleanups.push(async () => await container.end());
    endpoint = new Endpoint(container, world);
    container.take('installers/ansible');
    writeFileSync(join(world.dir, 'site.yml'), PLAYBOOK);
    container.take(join(world.dir, 'site.yml'));
    settings = {
      commander_agent_package: container.take(buildPackage('deb', '1.0.0', world.dir)),
      commander_agent_token: await world.joinToken(),
      commander_agent_config: { logLevel: 'debug' },
    };
  }, 120_000);

  afterAll(async () => {
    for (const cleanup of cleanups.reverse()) await cleanup();
  });

  /** Returns how many things it says it changed. */
  function apply(more: Record<string, unknown> = {}): number {
    const variables = JSON.stringify({ ...settings, ...more });
    const where = ['--inventory', 'localhost,', '--connection', 'local', '--extra-vars', variables];
    const output = container.run(['ansible-playbook', ...where, '/root/site.yml'], {
      ANSIBLE_ROLES_PATH: '/root/ansible/roles',
      HOME: '/root',
    });
    expect(output).toMatch(/failed=0/);
    expect(output).not.toContain(String(settings['commander_agent_token']));
    return Number(/changed=(\d+)/.exec(output)?.[1]);
  }

  test('installs, enrols, configures and starts the agent', async () => {
    expect(apply()).toBeGreaterThan(0);
    await endpoint.connected();
    expect(container.run(['ls', '/etc/commander-agent'])).toBe('config.json');
    expect(JSON.parse(container.run(['cat', '/etc/commander-agent/config.json']))).toEqual({
      logLevel: 'debug',
    });
  });

  test('changes nothing when it is applied again', () => {
    expect(apply()).toBe(0);
  });

  test('changes a setting, and has the agent take it up', async () => {
    const pid = endpoint.property('MainPID');
    apply({ commander_agent_config: { logLevel: 'info' } });
    await endpoint.replaced(pid);
    await endpoint.connected();
  });

  test('upgrades to the package that it is given', () => {
    apply({ commander_agent_package: container.take(buildPackage('deb', '1.0.1', world.dir)) });
    expect(container.run(['dpkg-query', '--show', '--showformat=${Version}', 'commander-agent'])).toBe(
      '1.0.1',
    );
  });

  test('takes everything away again, and then has nothing left to do', () => {
    expect(apply({ commander_agent_state: 'absent' })).toBeGreaterThan(0);
    const find = String.raw`find / -xdev \( -path /proc -o -path /sys -o -path /root \) -prune -o -iname '*commander*' -print`;
    expect(container.run(['sh', '-c', find])).toBe('');
    expect(apply({ commander_agent_state: 'absent' })).toBe(0);
  });
});
