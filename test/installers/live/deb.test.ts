import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import type { Cleanup } from '../../support/cleanup.ts';
import { PackedWorld } from '../../support/packed-world.ts';
import { waitFor } from '../../support/wait-for.ts';
import { Container, whyNoContainer } from '../support/container.ts';
import { describeUnless } from '../support/describe-with.ts';
import { Endpoint } from '../support/endpoint.ts';
import { buildPackage } from '../support/linux-packages.ts';

const INSTALL = ['apt-get', 'install', '-y', '-qq', '--allow-downgrades'];
/** What a silent installation may take until the server sees the endpoint. */
const CHECK_IN_LIMIT_MS = 10_000;
const JOB_SECONDS = 4;
const JOB = `#!/bin/sh\nsleep ${JOB_SECONDS}\nid -u\n`;

/** The tests below are one story: each begins where the one before it ended. */
describeUnless(whyNoContainer(), 'a Debian package in a booted system', () => {
  const cleanups: Cleanup[] = [];
  const versions: Record<string, string> = {};
  let world: PackedWorld;
  let container: Container;
  let endpoint: Endpoint;

  beforeAll(async () => {
    world = new PackedWorld((cleanup) => cleanups.push(cleanup));
    await world.startServer();
    writeFileSync(join(world.dir, 'slow.sh'), JOB, { mode: 0o755 });
    await world.addToLibrary(join(world.dir, 'slow.sh'));
    container = await Container.boot();
    cleanups.push(async () => await container.end());
    endpoint = new Endpoint(container, world);
    for (const version of ['1.0.0', '1.0.1'])
      versions[version] = container.take(buildPackage('deb', version, world.dir));
  }, 120_000);

  afterAll(async () => {
    for (const cleanup of cleanups.reverse()) await cleanup();
  });

  function install(version: string, env: Record<string, string> = {}): void {
    container.run([...INSTALL, versions[version] ?? ''], env);
  }

  test('installed silently with a token, the endpoint checks in within ten seconds', async () => {
    const token = await world.joinToken();
    const startedAt = performance.now();
    install('1.0.0', { COMMANDER_AGENT_TOKEN: token });
    await endpoint.connected();
    const elapsedMs = performance.now() - startedAt;

    process.stdout.write(`From silent install to first check-in: ${(elapsedMs / 1000).toFixed(1)} s\n`);
    expect(elapsedMs).toBeLessThan(CHECK_IN_LIMIT_MS);
  });

  test('the token is kept nowhere', () => {
    expect(container.run(['ls', '/etc/commander-agent'])).toBe('config.json');
    const search = 'grep -rlF cmdr1. /etc /var/cache/debconf /var/lib /run 2>/dev/null || true';
    expect(container.run(['sh', '-c', search])).toBe('');
  });

  test('what it keeps can be read by root alone', () => {
    expect(
      container.run([
        'stat',
        '--format=%a %U',
        '/var/lib/commander-agent',
        '/etc/commander-agent/config.json',
      ]),
    ).toBe('700 root\n600 root');
  });

  test('a job runs as root', async () => {
    const { agentID } = await endpoint.connected();
    const job = await world.finished(await world.assign('slow.sh', agentID));
    expect(job).toMatchObject({ exitCode: 0, stdout: '0\n' });
  });

  test('killed, the agent comes back by itself', async () => {
    const pid = endpoint.property('MainPID');
    container.run(['kill', '-9', pid]);
    await endpoint.replaced(pid);
    await endpoint.connected();
  });

  test('an upgrade lets a running job end, then the new version takes over; what an admin configured stays', async () => {
    const pid = endpoint.property('MainPID');
    const { agentID } = await endpoint.connected();
    container.run(['sh', '-c', `echo '{ "logLevel": "debug" }' > /etc/commander-agent/config.json`]);
    const jobID = await world.assign('slow.sh', agentID);
    await waitFor(async () => (await world.job(jobID)).state === 'running', { what: 'the job to run' });
    install('1.0.1');
    expect(endpoint.property('MainPID')).toBe(pid); // still the old one, at work

    expect(await world.finished(jobID)).toMatchObject({ exitCode: 0, outcome: 'succeeded', stdout: '0\n' });
    await endpoint.replaced(pid);
    await endpoint.connected();
    expect(await world.jobs()).toHaveLength(2);
    expect(container.run(['cat', '/etc/commander-agent/config.json'])).toContain('debug');
  });

  test('systemd finds nothing wrong with the unit', () => {
    const { code, output } = container.try([
      'systemd-analyze',
      'verify',
      '--man=no',
      'commander-agent.service',
    ]);
    expect({ code, output }).toEqual({ code: 0, output: '' });
  });

  test('where jobs need no root, the example takes it away, and the agent still works', async () => {
    const dropIn = '/etc/systemd/system/commander-agent.service.d';
    const example = '/usr/share/doc/commander-agent/examples/restricted.conf';
    container.run(['sh', '-c', `mkdir -p ${dropIn} && cp ${example} ${dropIn} && systemctl daemon-reload`]);
    container.run(['systemctl', 'restart', 'commander-agent.service']);
    const { agentID } = await endpoint.connected();
    const job = await world.finished(await world.assign('slow.sh', agentID));
    const status = container.run(['cat', `/proc/${endpoint.property('MainPID')}/status`]);

    expect(job.exitCode).toBe(0);
    expect(job.stdout).not.toBe('0\n');
    expect(status).toMatch(/CapEff:\s+0+$/m);
    expect(status).toMatch(/NoNewPrivs:\s+1$/m);
    container.run(['sh', '-c', `rm -r ${dropIn} && systemctl daemon-reload`]);
    container.run(['systemctl', 'restart', 'commander-agent.service']);
    await endpoint.connected();
  });

  test('removed, it is stopped with all that it has started, and keeps what a later installation goes on with', async () => {
    const { agentID } = await endpoint.connected();
    const jobID = await world.assign('slow.sh', agentID);
    await waitFor(async () => (await world.job(jobID)).state === 'running', { what: 'the job to run' });
    const kept = [endpoint.startBesideAgent(), endpoint.startService('/var/lib/commander-agent')];
    container.run(['apt-get', 'remove', '-y', '-qq', 'commander-agent']);
    expect(container.try(['pgrep', '-f', 'commander-agent run|slow.sh']).code).toBe(1);
    for (const pid of kept) await endpoint.ended(pid);
    expect(await world.job(jobID)).toMatchObject({ state: 'finished', outcome: 'succeeded' });

    install('1.0.1');
    await endpoint.connected();
    expect(await world.agents()).toHaveLength(1);
  });

  test('purged, it leaves nothing', () => {
    container.run(['apt-get', 'purge', '-y', '-qq', 'commander-agent']);
    const find = String.raw`find / -xdev \( -path /proc -o -path /sys -o -path /root \) -prune -o -iname '*commander*' -print`;
    expect(container.run(['sh', '-c', find])).toBe('');
    expect(container.try(['systemctl', 'cat', 'commander-agent.service']).code).not.toBe(0);
    expect(container.run(['sh', '-c', 'debconf-show commander-agent'])).toBe('');
  });

  test('preseeded through debconf, it enrols too, and debconf forgets the token', async () => {
    const token = await world.joinToken();
    const answer = `commander-agent commander-agent/token password ${token}`;
    container.run(['sh', '-c', 'echo "$1" | debconf-set-selections', 'sh', answer]);
    install('1.0.0');
    await endpoint.connected();
    expect(container.run(['sh', '-c', 'cat /var/cache/debconf/*.dat'])).not.toContain(token);
    container.run(['apt-get', 'purge', '-y', '-qq', 'commander-agent']);
  });

  test('installed while the server is away, it enrols as soon as that is back', async () => {
    const token = await world.joinToken();
    await world.stopServer();
    install('1.0.0', { COMMANDER_AGENT_TOKEN: token });
    expect(container.run(['stat', '--format=%a', '/etc/commander-agent/token'])).toBe('600');

    await world.startServer();
    await endpoint.connected();
    expect(container.run(['ls', '/etc/commander-agent'])).toBe('config.json');
    container.run(['apt-get', 'purge', '-y', '-qq', 'commander-agent']);
  });

  test('with a token that is none, it installs, says so, and does not try again', () => {
    const { code, output } = container.try([...INSTALL, versions['1.0.0'] ?? ''], {
      COMMANDER_AGENT_TOKEN: 'cmdr1.nonsense',
    });

    expect(code).toBe(0);
    expect(output).toContain('The join token is not valid');
    expect(output).toContain('commander-agent: not enrolled yet');
    expect(container.run(['ls', '/etc/commander-agent'])).toBe('config.json\ntoken.rejected');
    expect(endpoint.property('ActiveState')).toBe('inactive');
  });
});
