import { afterAll, beforeAll, expect, test } from '@jest/globals';
import type { ServiceReport } from '../../../src/protocol/endpoint.ts';
import type { Cleanup } from '../../support/cleanup.ts';
import { PackedWorld } from '../../support/packed-world.ts';
import { packedPath } from '../../support/packed.ts';
import { waitFor } from '../../support/wait-for.ts';
import { Container, whyNoContainer } from '../support/container.ts';
import { describeUnless } from '../support/describe-with.ts';
import { Endpoint } from '../support/endpoint.ts';

const UNIT = 'commander-agent.service';
const UNIT_PATH = `/etc/systemd/system/${UNIT}`;
const STATE_DIR = '/srv/the agent';

/** The tests below are one story: each begins where the one before it ended. */
describeUnless(whyNoContainer(), 'a lone executable that makes itself a service of systemd', () => {
  const cleanups: Cleanup[] = [];
  let world: PackedWorld;
  let container: Container;
  let endpoint: Endpoint;
  let agentPath: string;

  beforeAll(async () => {
    world = new PackedWorld((cleanup) => cleanups.push(cleanup));
    await world.startServer();
    container = await Container.boot();
    cleanups.push(async () => await container.end());
    endpoint = new Endpoint(container, world);
    agentPath = container.take(packedPath('commander-agent'));
  }, 120_000);

  afterAll(async () => {
    for (const cleanup of cleanups.reverse()) await cleanup();
  });

  function service(...argv: string[]): { code: number; output: string } {
    return container.try([agentPath, 'service', ...argv]);
  }

  function report(): ServiceReport {
    return JSON.parse(service('status', '--json').output) as ServiceReport;
  }

  test('is not one at first', () => {
    expect(report()).toEqual({ manager: 'systemd', state: 'not-installed', startsAtBoot: false });
    expect(service('start')).toMatchObject({ code: 6 });
  });

  test('installed twice, it is installed once, and systemd finds nothing wrong with its unit', () => {
    expect(service('install', '--state-dir', STATE_DIR).output).toMatch(/^Installed\. /);
    expect(service('install', '--state-dir', STATE_DIR).output).toMatch(/^Installed already/);
    expect(report()).toEqual({ manager: 'systemd', state: 'stopped', startsAtBoot: true });
    expect(container.try(['systemd-analyze', 'verify', UNIT_PATH])).toEqual({ code: 0, output: '' });
  });

  test('without an identity it does not run, and says why', () => {
    expect(service('start')).toMatchObject({ code: 8 });
    expect(endpoint.property('ActiveState')).toBe('inactive');
  });

  test('enrolled and started, it runs once systemd has heard that it does, and checks in', async () => {
    container.run([agentPath, 'enroll', '--state-dir', STATE_DIR, '--token', await world.joinToken()]);
    expect(service('start')).toEqual({ code: 0, output: 'Started.\n' });
    expect(report()).toMatchObject({ state: 'running', pid: Number(endpoint.property('MainPID')) });
    expect(endpoint.property('StatusText')).toBe('Running');
    await endpoint.connected();
  });

  test('it gives signs of life, and one that hangs is started anew', async () => {
    const dir = `/run/systemd/system/${UNIT}.d`;
    container.run(['sh', '-c', `mkdir -p ${dir} && printf '[Service]\\nWatchdogSec=2\\n' > ${dir}/w.conf`]);
    container.run(['systemctl', 'daemon-reload']);
    container.run(['systemctl', 'restart', UNIT]);
    const pid = endpoint.property('MainPID');
    const begun = endpoint.property('WatchdogTimestampMonotonic');
    await waitFor(() => Number(endpoint.property('WatchdogTimestampMonotonic')) > Number(begun) + 3e6, {
      what: 'a sign of life later than systemd would have waited',
    });
    expect(endpoint.property('MainPID')).toBe(pid);

    container.run(['kill', '-STOP', pid]);
    await endpoint.replaced(pid);
    await endpoint.connected();
  }, 60_000);

  test('stopped, it ends in order; what it wrote to the journal are no warnings of ours', async () => {
    expect(service('stop')).toEqual({ code: 0, output: 'Stopped.\n' });
    expect(endpoint.property('Result')).toBe('success');
    expect(report()).toEqual({ manager: 'systemd', state: 'stopped', startsAtBoot: true });
    expect(container.run(['journalctl', '--unit', UNIT, '--output=cat'])).not.toContain('Warning');
    await waitFor(async () => (await world.agents()).every(({ connected }) => !connected), {
      what: 'the server to see it go',
    });
  });

  test('it starts while the server is away, too; what it has started outlives a restart of it', async () => {
    await world.stopServer();
    expect(service('start')).toEqual({ code: 0, output: 'Started.\n' });
    const pid = endpoint.property('MainPID');
    const kept = endpoint.startBesideAgent();
    container.run(['systemctl', 'restart', UNIT]);

    expect(endpoint.property('MainPID')).not.toBe(pid);
    expect(endpoint.runs(kept)).toBe(true);
    container.run(['kill', kept]);
  });

  test('services go on when it is stopped, until they are to be stopped as well', async () => {
    expect(service('stop').output).toBe('Stopped.\n');
    const kept = endpoint.startService(STATE_DIR);
    expect(service('stop').output).toBe('It was not running.\n');
    expect(endpoint.runs(kept)).toBe(true);
    expect(service('stop', '--with-services', '--state-dir', STATE_DIR).output).toBe('Stopped.\n');
    await endpoint.ended(kept);
  });

  test('uninstalled and purged, it leaves nothing, no service either', async () => {
    const kept = endpoint.startService(STATE_DIR);
    expect(service('uninstall', '--purge', '--state-dir', STATE_DIR)).toEqual({
      code: 0,
      output: `Uninstalled, and removed the state in "${STATE_DIR}".\n`,
    });
    await endpoint.ended(kept);
    container.run(['rm', '-r', `/run/systemd/system/${UNIT}.d`]); // the test's own
    const find = String.raw`find / -xdev \( -path /proc -o -path /sys -o -path /root -o -path /var/log/journal \) -prune -o -iname '*commander*' -print`;
    expect(container.run(['sh', '-c', find])).toBe('');
    expect(container.try(['test', '-e', STATE_DIR]).code).toBe(1);
    expect(report().state).toBe('not-installed');
  });
});
