import { createHash } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:https';
import type { AddressInfo } from 'node:net';
import { basename, join } from 'node:path';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { fillInstallScript } from '../../../src/server/installers/install-script.ts';
import type { Cleanup } from '../../support/cleanup.ts';
import { PackedWorld } from '../../support/packed-world.ts';
import { sampleInstaller } from '../../support/sample-installers.ts';
import { Container, whyNoContainer } from '../support/container.ts';
import { describeUnless } from '../support/describe-with.ts';
import { Endpoint } from '../support/endpoint.ts';
import { buildPackage } from '../support/linux-packages.ts';
import { makeTestCertificate } from '../support/test-certificate.ts';

describeUnless(whyNoContainer(), 'the one-line installer in a booted system', () => {
  const cleanups: Cleanup[] = [];
  let world: PackedWorld;
  let container: Container;
  let endpoint: Endpoint;
  let script: string;
  /** What the server hands out; a test may put something else in its place. */
  let served: Buffer;

  beforeAll(async () => {
    world = new PackedWorld((cleanup) => cleanups.push(cleanup));
    await world.startServer();
    container = await Container.boot();
    cleanups.push(async () => await container.end());
    endpoint = new Endpoint(container, world);
    const packagePath = buildPackage('deb', '1.0.0', world.dir);
    served = readFileSync(packagePath);
    const url = await serve(() => served);
    const hash = createHash('sha256').update(served).digest('hex');
    const { fingerprint } = world.announcement;
    const offered = { ...sampleInstaller(basename(packagePath)), sha256: hash };
    const installers = [sampleInstaller('commander-agent-linux-x64'), offered];
    script = fillInstallScript('sh', { serverUrl: url, fingerprint, installers }) ?? '';
    writeFileSync(join(world.dir, 'install.sh'), script);
    container.take(join(world.dir, 'install.sh'));
  }, 120_000);

  afterAll(async () => {
    for (const cleanup of cleanups.reverse()) await cleanup();
  });

  async function serve(content: () => Buffer): Promise<string> {
    const { certificatePath, keyPath } = makeTestCertificate(world.dir);
    const options = { cert: readFileSync(certificatePath), key: readFileSync(keyPath) };
    const server: Server = createServer(options, (_, response) => response.end(content()));
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    cleanups.push(() => server.close());
    return `https://127.0.0.1:${(server.address() as AddressInfo).port}`;
  }

  /** The container's network is ours, but this thread must be free to serve. */
  async function install(...args: string[]): Promise<{ code: number; output: string }> {
    return await container.tryInBackground(['sh', '/root/install.sh', ...args]);
  }

  test('refuses a package that is not the one it was made for, and installs nothing', async () => {
    const right = served;
    served = Buffer.concat([right.subarray(0, -1), Buffer.from([0])]);
    const { code, output } = await install('--token', await world.joinToken());
    served = right;

    expect(code).toBe(1);
    expect(output).toContain('is not what this script was made for');
    expect(container.try(['dpkg', '--status', 'commander-agent']).code).not.toBe(0);
  });

  test('does nothing when it was cut short', () => {
    const cut = script.slice(0, script.lastIndexOf('main "$@"'));
    expect(container.try(['sh', '-c', cut]).output).toBe('');
  });

  test('installs and enrols', async () => {
    const { code, output } = await install('--token', await world.joinToken());
    expect({ code, output }).toEqual({
      code: 0,
      output: expect.stringMatching(/Commander Agent.* is installed/),
    });
    await endpoint.connected();
  });
});
