import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { buildDeb } from '../../../build/installers/linux/deb.ts';
import { runTool } from '../../../build/installers/run-tool.ts';
import { useCleanup } from '../../support/cleanup.ts';
import { makeTempDir } from '../../support/temp-dir.ts';
import { buildContext, DOCS } from '../support/build-context.ts';
import { describeWith } from '../support/describe-with.ts';
import { writeLinuxStandIn } from '../support/stand-ins.ts';

describeWith(['dpkg-deb'], 'a Debian package', () => {
  const onEnd = useCleanup();

  function build(overrides = {}, target: 'linux-x64' | 'linux-arm64' = 'linux-x64'): string {
    const dir = makeTempDir(onEnd);
    const executablePath = writeLinuxStandIn(join(dir, 'agent'));
    return buildDeb({ target, executablePath, docs: DOCS }, buildContext(dir, overrides));
  }

  function field(path: string, name: string): string {
    return runTool('dpkg-deb', ['--field', path, name]).trim();
  }

  test.each([
    ['linux-x64', 'amd64'],
    ['linux-arm64', 'arm64'],
  ] as const)('for %s is named for, and says it is for, %s', (target, architecture) => {
    const path = build({}, target);

    expect(path).toMatch(new RegExp(`commander-agent_1\\.2\\.3_${architecture}\\.deb$`));
    expect(field(path, 'Architecture')).toBe(architecture);
  });

  test('asks for what the packed runtime needs and Debian does not always have', () => {
    expect(field(build(), 'Depends')).toBe(
      'libc6 (>= 2.28), libstdc++6 (>= 8), libatomic1, debconf (>= 0.5) | debconf-2.0',
    );
  });

  test('of a pre-release sorts before the release', () => {
    const beta = field(build({ version: '1.2.3-beta.1' }), 'Version');
    expect(() => runTool('dpkg', ['--compare-versions', beta, 'lt', '1.2.3'])).not.toThrow();
  });

  test('lays down each file for root, with the mode that it should have', () => {
    expect(listing(build())).toEqual([
      'drwxr-xr-x root/root ./',
      'drwx------ root/root ./etc/commander-agent/',
      '-rw------- root/root ./etc/commander-agent/config.json',
      'lrwxrwxrwx root/root ./usr/bin/commander-agent -> ../lib/commander-agent/commander-agent',
      '-rwxr-xr-x root/root ./usr/lib/commander-agent/commander-agent',
      '-rwxr-xr-x root/root ./usr/lib/commander-agent/enroll-preseeded',
      '-rw-r--r-- root/root ./usr/lib/systemd/system/commander-agent.service',
      '-rw-r--r-- root/root ./usr/share/bash-completion/completions/commander-agent',
      '-rw-r--r-- root/root ./usr/share/doc/commander-agent/changelog.gz',
      '-rw-r--r-- root/root ./usr/share/doc/commander-agent/copyright',
      '-rw-r--r-- root/root ./usr/share/doc/commander-agent/examples/restricted.conf',
      '-rw-r--r-- root/root ./usr/share/fish/vendor_completions.d/commander-agent.fish',
      '-rw-r--r-- root/root ./usr/share/lintian/overrides/commander-agent',
      '-rw-r--r-- root/root ./usr/share/man/man8/commander-agent.8.gz',
      '-rw-r--r-- root/root ./usr/share/zsh/vendor-completions/_commander-agent',
    ]);
  });

  test('keeps what an admin wrote into the configuration', () => {
    expect(runTool('dpkg-deb', ['--info', build(), 'conffiles'])).toBe('/etc/commander-agent/config.json\n');
  });

  test('brings the scripts and the question for the token', () => {
    const contents = runTool('dpkg-deb', ['--info', build()]);
    for (const name of ['config', 'postinst', 'prerm', 'postrm', 'templates'])
      expect(contents).toMatch(new RegExp(`\\b${name}\\b`));
  });

  test('is the same, byte for byte, when it is built again', () => {
    expect(readFileSync(build()).equals(readFileSync(build()))).toBe(true);
  });
});

describeWith(['dpkg-deb', 'lintian'], 'a released Debian package', () => {
  const onEnd = useCleanup();

  test('has nothing for lintian to find', () => {
    const dir = makeTempDir(onEnd);
    const executablePath = join(dir, 'agent');
    writeFileSync(executablePath, readFileSync('/bin/true')); // a real program, so that lintian looks at it as one
    const path = buildDeb(
      { target: 'linux-x64', executablePath, docs: DOCS },
      buildContext(dir, { release: true }),
    );

    const findings = runTool('lintian', ['--allow-root', '--fail-on', 'none', path]);
    expect(findings.split('\n').filter((line) => /^[EW]:/.test(line))).toEqual([]);
  });
});

/** Mode, owner and path of every entry, but for folders that every system has. */
function listing(path: string): string[] {
  const lines = runTool('dpkg-deb', ['--contents', path]).trimEnd().split('\n');
  const entries = lines.map((line) => line.replace(/^(\S+)\s+(\S+)\s+\d+ \S+ \S+ /, '$1 $2 '));
  return entries.filter((line) => !/^d.*\.\/(etc|usr\/.*|usr)\/$/.test(line)).sort(byPath);
}

function byPath(a: string, b: string): number {
  const [left = '', right = ''] = [a.split(' ')[2], b.split(' ')[2]];
  return left < right ? -1 : 1;
}
