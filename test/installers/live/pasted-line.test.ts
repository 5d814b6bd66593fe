import { afterAll, beforeAll, expect, test } from '@jest/globals';
import type { Cleanup } from '../../support/cleanup.ts';
import { packedPath } from '../../support/packed.ts';
import { PackedWorld } from '../../support/packed-world.ts';
import { Container, whyNoContainer, type ContainerOutcome } from '../support/container.ts';
import { describeUnless } from '../support/describe-with.ts';
import { Endpoint } from '../support/endpoint.ts';

const TARGET = '/usr/local/bin/commander-agent';
/** The container has none, and needs none. */
const SUDO = 'sudo() { "$@"; }; ';

describeUnless(whyNoContainer(), 'the line that --install-hints prints, pasted into a booted system', () => {
  const cleanups: Cleanup[] = [];
  let world: PackedWorld;
  let container: Container;
  let endpoint: Endpoint;
  let line: string;

  beforeAll(async () => {
    world = new PackedWorld((cleanup) => cleanups.push(cleanup));
    await world.startServer();
    await world.ask('installers', 'add', packedPath('commander-agent'));
    const { stderr } = await world.commander('token', 'create', '--install-hints');
    line = /^s=\$\(curl .*$/m.exec(stderr)?.[0] ?? '';
    container = await Container.boot();
    cleanups.push(async () => await container.end());
    endpoint = new Endpoint(container, world);
  }, 120_000);

  afterAll(async () => {
    for (const cleanup of cleanups.reverse()) await cleanup();
  });

  /** In the background, as the server's output is read by this process. */
  async function paste(text: string): Promise<ContainerOutcome> {
    return await container.tryInBackground(['bash', '-c', SUDO + text]);
  }

  async function script(...args: string[]): Promise<ContainerOutcome> {
    return await paste(`curl -fsSk ${world.url}/install.sh | sh -s -- ${args.join(' ')}`);
  }

  test('installs the executable as a service, and the agent checks in', async () => {
    const { code, output } = await paste(line);
    expect({ code, output }).toEqual({
      code: 0,
      output: expect.stringContaining('Commander Agent is installed'),
    });
    expect(await endpoint.connected()).toMatchObject({ connected: true, os: 'Linux' });
    expect(endpoint.property('ActiveState')).toBe('active');
  });

  test('can be pasted again, and the agent stays who it is', async () => {
    const before = await endpoint.connected();
    const pid = endpoint.property('MainPID');
    expect((await paste(line)).code).toBe(0);
    await endpoint.replaced(pid);
    expect((await endpoint.connected()).agentID).toBe(before.agentID);
    expect(await world.agents()).toHaveLength(1);
  });

  test('runs nothing when the script is another', async () => {
    const { output } = await paste(line.replace(/ = [0-9a-f]{64} /, ` = ${'0'.repeat(64)} `));
    expect(output).toBe('This is not the install.sh that the line was made for, so nothing was run\n');
  });

  test('is undone by --uninstall: nothing is left', async () => {
    const { code, output } = await script('--uninstall');
    expect({ code, output }).toEqual({
      code: 0,
      output: expect.stringContaining('Commander Agent is removed'),
    });
    const traces = container.run([
      'find',
      '/',
      '-xdev',
      '-name',
      '*commander-agent*',
      '-not',
      '-path',
      '/proc/*',
    ]);
    expect(traces).toBe('');
    expect(endpoint.property('LoadState')).toBe('not-found');
  });

  test('leaves nothing when the server refuses the token', async () => {
    const token = await world.joinToken();
    await world.commander('registration-key', 'rotate');
    const { code, output } = await script('--token', token);
    expect([code, output]).toEqual([1, expect.stringContaining('was removed again')]);
    expect(container.try(['test', '-e', TARGET]).code).toBe(1);
    expect(container.run(['find', '/var/lib', '/etc', '-name', 'commander-agent*'])).toBe('');
  });
});
