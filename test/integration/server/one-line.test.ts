import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import {
  existsSync,
  mkdirSync,
  readFileSync,
  readdirSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { delimiter, join } from 'node:path';
import { text } from 'node:stream/consumers';
import { beforeEach, expect, test } from '@jest/globals';
import { shellOneLiner } from '../../../src/cli/installers/one-liners.ts';
import { useCleanup } from '../../support/cleanup.ts';
import { describeOnPosix } from '../../support/on-posix.ts';
import { makeTempDir } from '../../support/temp-dir.ts';
import { useTestServer } from '../../support/test-server.ts';

/** What the script may use of this machine; everything else it sees is made up. */
const TOOLS = [
  ...[
    'sh',
    'cat',
    'chmod',
    'curl',
    'cut',
    'grep',
    'ln',
    'mkdir',
    'mktemp',
    'mv',
    'rm',
    'sha256sum',
    'shasum',
  ],
  ...['printf', 'head'],
];
const TOKEN = 'cmdr1.abc-_.def';
const NAME = 'commander-agent-linux-x64';

const onEnd = useCleanup();
const server = useTestServer();

let dir: string;
let bin: string;
let target: string;
let tmp: string;

beforeEach(() => {
  dir = makeTempDir(onEnd);
  bin = join(dir, 'tools');
  tmp = join(dir, 'tmp');
  target = join(dir, 'usr/commander-agent');
  for (const each of [bin, tmp]) mkdirSync(each);
  for (const tool of TOOLS) {
    const found = (process.env['PATH'] ?? '').split(delimiter).map((folder) => join(folder, tool));
    const path = found.find((each) => existsSync(each));
    if (path !== undefined) symlinkSync(path, join(bin, tool));
  }
  fake('uname', unameOf('Linux', 'x86_64'));
  fake('id', 'echo 0');
  fake('ldd', 'echo "ldd (GNU libc) 2.36"');
  fake('sudo', 'exec "$@"');
});

/** A program of this machine that says what the test wants to hear. */
function fake(name: string, body: string): void {
  const path = join(bin, name);
  rmSync(path, { force: true }); // it may be a link to a real tool, which must not be written to
  writeFileSync(path, `#!/bin/sh\n${body}\n`, { flag: 'wx', mode: 0o755 });
}

function unameOf(system: string, machine: string): string {
  return `if [ "$1" = -s ]; then echo ${system}; else echo ${machine}; fi`;
}

/** An executable that notes what it is called with, and does as `body` says. */
function agent(body = '', state = 'not-enrolled'): string {
  const note = `echo "$* (token $COMMANDER_AGENT_TOKEN)" >>'${join(dir, 'calls')}'`;
  const status = `echo '{"state": "${state}"}'`;
  return `#!/bin/sh\ncase $1 in version) ;; status) ${status} ;; *) ${note} ;; esac\n${body}\nexit 0\n`;
}

function calls(): string[] {
  const path = join(dir, 'calls');
  return existsSync(path) ? readFileSync(path, 'utf8').trim().split('\n') : [];
}

/** Has the server hand out this executable. */
async function offer(content: string, name = NAME): Promise<void> {
  const form = new FormData();
  form.append('file', new Blob([content]), name);
  const token = await server().token();
  const { status } = await server().client.call('POST', '/admin/installers', { token, form });
  expect(status).toBe(200);
}

async function script(): Promise<string> {
  return (await server().client.call('GET', '/install.sh')).bytes.toString();
}

interface Run {
  code: number | null;
  stdout: string;
  stderr: string;
}

/** `sh args`, with nothing of this machine but the tools above. */
async function sh(args: readonly string[], input = '', env: Record<string, string> = {}): Promise<Run> {
  const child = spawn('/bin/sh', args, { env: { PATH: bin, HOME: dir, TMPDIR: tmp, ...env }, cwd: dir });
  child.stdin.end(input);
  const exit = new Promise<number | null>((resolve) => child.once('close', resolve));
  const [stdout, stderr, code] = await Promise.all([text(child.stdout), text(child.stderr), exit]);
  return { code, stdout, stderr };
}

/** The script as it came from the server, put on the standard input of a shell. */
async function install(...args: string[]): Promise<Run> {
  const all = ['-s', '--', '--dir', join(dir, 'usr'), ...args];
  return await sh(all, await script(), { COMMANDER_AGENT_TOKEN: TOKEN });
}

/** What would be left on a machine. */
const leftovers = (): string[] => [
  ...readdirSync(tmp),
  ...(existsSync(join(dir, 'usr')) ? readdirSync(join(dir, 'usr')) : []),
];

describeOnPosix('install.sh', () => {
  test('puts the executable in place, enrols it and starts its service, with the token out of sight', async () => {
    await offer(agent());
    expect(await install()).toEqual({
      code: 0,
      stdout: `Downloading ${NAME}\nCommander Agent is installed\n`,
      stderr: '',
    });
    expect(calls()).toEqual([
      `enroll --if-needed (token ${TOKEN})`,
      `service install (token ${TOKEN})`,
      `service start (token ${TOKEN})`,
    ]);
    expect(readFileSync(target, 'utf8')).toBe(agent());
    expect(leftovers()).toEqual(['commander-agent']);
  });

  test('takes the token as an argument, too', async () => {
    await offer(agent());
    await install('--token', 'cmdr1.other');
    expect(calls()[0]).toBe('enroll --if-needed (token cmdr1.other)');
  });

  test('can be run again: a newer executable takes over once the old service has stopped', async () => {
    await offer(agent());
    await install();
    await offer(agent(': newer'));
    expect((await install()).code).toBe(0);
    expect(
      calls()
        .slice(3)
        .map((call) => call.replace(/ \(.*/, '')),
    ).toEqual(['service stop', 'enroll --if-needed', 'service install', 'service start']);
    expect(readFileSync(target, 'utf8')).toBe(agent(': newer'));
    expect(leftovers()).toEqual(['commander-agent']);
  });

  test('without a token installs the service and says how to enrol', async () => {
    await offer(agent('if [ "$2" = start ]; then exit 8; fi'));
    const { code, stderr } = await install('--token', '');
    expect([code, stderr]).toEqual([0, expect.stringContaining('commander-agent enroll --token TOKEN')]);
    expect(calls()).toEqual(['service install (token )', 'service start (token )']);
  });

  test('takes a package where there is one for the system, and the package asks for no service', async () => {
    await offer('a package', 'commander-agent_1.0.0_amd64.deb');
    await offer(agent());
    fake('dpkg', 'exit 1');
    fake(
      'apt-get',
      `cat "$4" >'${join(dir, 'installed')}'; echo "token $COMMANDER_AGENT_TOKEN" >>'${join(dir, 'installed')}'`,
    );
    const run = await sh(['-s'], await script(), { COMMANDER_AGENT_TOKEN: TOKEN });
    expect(run).toMatchObject({ code: 0, stdout: expect.stringContaining('_amd64.deb') });
    expect(readFileSync(join(dir, 'installed'), 'utf8')).toBe(`a packagetoken ${TOKEN}\n`);
    expect(calls()).toEqual([]);
  });

  test('--uninstall takes away the service and the executable', async () => {
    await offer(agent());
    await install();
    const { code, stdout } = await install('--uninstall');
    expect([code, stdout]).toEqual([0, 'Commander Agent is removed\n']);
    expect(calls().at(-1)).toContain('service uninstall --purge');
    expect(leftovers()).toEqual([]);
    expect((await install('--uninstall')).stdout).toBe('Commander Agent is not installed\n');
  });
});

describeOnPosix('install.sh changes nothing and says why', () => {
  test('when what it downloaded is not what it was made for', async () => {
    await offer(agent());
    const old = await script();
    await offer(agent('echo I am another'));
    const args = ['-s', '--', '--dir', join(dir, 'usr')];
    const { code, stderr } = await sh(args, old, { COMMANDER_AGENT_TOKEN: TOKEN });
    expect([code, stderr]).toEqual([
      1,
      `install.sh: "${NAME}" is not what this script was made for: it was damaged, or somebody changed it on the way\n`,
    ]);
    expect([calls(), leftovers()]).toEqual([[], []]);
  });

  test('when it was cut short on the way', async () => {
    await offer(agent());
    const whole = await script();
    expect(await sh(['-s'], whole.slice(0, whole.lastIndexOf('main "$@"')))).toEqual({
      code: 0,
      stdout: '',
      stderr: '',
    });
  });

  test.each<[string, Record<string, string>, string]>([
    ['nobody but root may', { id: 'echo 1000' }, 'run it as root, for instance with sudo'],
    [
      'there is no agent for the system',
      { uname: unameOf('FreeBSD', 'x86_64') },
      'there is no agent for "FreeBSD"',
    ],
    [
      'there is no agent for the machine',
      { uname: unameOf('Linux', 'riscv64') },
      'there is no agent for "riscv64" machines',
    ],
    [
      'the system is built on musl',
      { ldd: 'echo "musl libc (x86_64)" >&2; exit 1' },
      'this system is built on musl; the agent needs glibc 2.28 or later',
    ],
    [
      'the server has nothing for this machine',
      { uname: unameOf('Darwin', 'arm64') },
      'the server offers nothing for this machine that ends in: -macos-arm64',
    ],
  ])('when %s', async (_why, fakes, sentence) => {
    await offer(agent());
    for (const [name, body] of Object.entries(fakes)) fake(name, body);
    const { code, stderr } = await install();
    expect([code, stderr]).toEqual([1, expect.stringContaining(sentence)]);
    expect([calls(), leftovers()]).toEqual([[], []]);
  });

  test.each([
    [
      'a library is missing',
      'echo "error while loading shared libraries: libatomic.so.1: cannot open" >&2; exit 127',
      'install the package libatomic1 (Debian, Ubuntu, SUSE) or libatomic (Fedora, RHEL)',
    ],
    [
      'it does not run',
      'echo "Illegal instruction"; exit 132',
      'does not run on this system: Illegal instruction',
    ],
  ])('when %s', async (_why, body, sentence) => {
    await offer(`#!/bin/sh\n${body}\n`);
    const { code, stderr } = await install();
    expect([code, stderr]).toEqual([1, expect.stringContaining(sentence)]);
    expect(leftovers()).toEqual([]);
  });

  test.each(['enroll', 'service install', 'service start'])('when "%s" fails', async (step) => {
    await offer(agent(`case "$*" in "${step}"*) echo "cannot $1" >&2; exit 5;; esac`));
    const { code, stderr } = await install();
    expect([code, stderr]).toEqual([
      1,
      expect.stringMatching(/^cannot .*\ninstall\.sh: .* was removed again/),
    ]);
    expect(calls().at(-1)).toContain('service uninstall --purge');
    expect(leftovers()).toEqual([]);
  });

  test('when it fails on a machine that has an identity already: that stays', async () => {
    await offer(agent('if [ "$2" = install ]; then exit 1; fi', 'stopped'));
    expect((await install()).code).toBe(1);
    expect(calls().at(-1)).toBe(`service uninstall (token ${TOKEN})`);
  });

  test('when the new version cannot take over: the old one is back, and runs', async () => {
    await offer(agent());
    await install();
    await offer(agent('if [ "$2" = install ]; then exit 1; fi'));
    const { code, stderr } = await install();
    expect([code, stderr]).toEqual([1, expect.stringContaining('the old one is back')]);
    expect(calls().at(-1)).toContain('service start');
    expect(readFileSync(target, 'utf8')).toBe(agent());
    expect(leftovers()).toEqual(['commander-agent']);
  });

  test.each([['--wrong'], ['--token']])('when it is called with %s', async (...args) => {
    await offer(agent());
    const { code, stderr } = await install(...args);
    expect([code, stderr]).toEqual([2, expect.stringContaining('Usage: sh install.sh')]);
  });
});

describeOnPosix('the line to paste', () => {
  const url = () => `${server().running.url}/install.sh`;

  async function paste(line: string, shell = '/bin/sh'): Promise<Run> {
    return await sh(['-c', `exec ${shell} -c "$0"`, line]);
  }

  const shells = ['/bin/sh', '/bin/bash', '/bin/zsh'].filter((path) => existsSync(path));

  test.each(shells)('in %s runs the script that it was made for, and hands it the token', async (shell) => {
    await offer(agent());
    fake('mktemp', 'echo "asked for a folder" >&2; exit 1'); // as far as a test may let it go on this machine
    const { stderr } = await paste(
      shellOneLiner({ url: url(), script: await script(), token: TOKEN }),
      shell,
    );
    expect(stderr).toBe('asked for a folder\n');
  });

  test('gives the token to the script without an argument', async () => {
    await offer(agent());
    const served = await script();
    fake('sudo', `cat >'${join(dir, 'stdin')}'; echo "$*" >'${join(dir, 'arguments')}'`);
    await paste(shellOneLiner({ url: url(), script: served, token: TOKEN }));
    expect(readFileSync(join(dir, 'stdin'), 'utf8')).toBe(`COMMANDER_AGENT_TOKEN=${TOKEN}\n${served}`);
    expect(readFileSync(join(dir, 'arguments'), 'utf8')).toBe('sh\n');
  });

  test('runs nothing of a script that is another', async () => {
    await offer(agent());
    const line = shellOneLiner({ url: url(), script: `${await script()}\n`, token: TOKEN });
    fake('sudo', `echo ran >'${join(dir, 'ran')}'`);
    const { stdout, stderr } = await paste(line);
    expect([stdout, stderr]).toEqual([
      '',
      'This is not the install.sh that the line was made for, so nothing was run\n',
    ]);
    expect(existsSync(join(dir, 'ran'))).toBe(false);
  });

  test('does with shasum where there is no sha256sum, as on macOS', async () => {
    await offer(agent());
    const served = await script();
    const hash = createHash('sha256').update(served).digest('hex');
    rmSync(join(bin, 'sha256sum'));
    fake('shasum', `cat >/dev/null; echo "${hash}  -"`);
    fake('sudo', `echo ran >'${join(dir, 'ran')}'`);
    await paste(shellOneLiner({ url: url(), script: served, token: TOKEN }));
    expect(existsSync(join(dir, 'ran'))).toBe(true);
  });

  test('runs nothing when the server is not there', async () => {
    const line = shellOneLiner({ url: 'https://127.0.0.1:9/install.sh', script: 'true\n', token: TOKEN });
    expect((await paste(line)).stderr).toContain('so nothing was run');
  });
});
