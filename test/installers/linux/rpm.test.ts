import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { buildRpm } from '../../../build/installers/linux/rpm.ts';
import { runTool } from '../../../build/installers/run-tool.ts';
import { useCleanup } from '../../support/cleanup.ts';
import { makeTempDir } from '../../support/temp-dir.ts';
import { buildContext, DOCS } from '../support/build-context.ts';
import { describeWith } from '../support/describe-with.ts';
import { writeLinuxStandIn } from '../support/stand-ins.ts';

describeWith(['rpmbuild', 'rpm'], 'an RPM package', () => {
  const onEnd = useCleanup();

  function build(overrides = {}, target: 'linux-x64' | 'linux-arm64' = 'linux-x64'): string {
    const dir = makeTempDir(onEnd);
    const executablePath = writeLinuxStandIn(join(dir, 'agent'));
    return buildRpm({ target, executablePath, docs: DOCS }, buildContext(dir, overrides));
  }

  test.each([
    ['linux-x64', 'x86_64'],
    ['linux-arm64', 'aarch64'],
  ] as const)('for %s is named for, and says it is for, %s', (target, architecture) => {
    const path = build({}, target);

    expect(path).toMatch(new RegExp(`commander-agent-1\\.2\\.3-1\\.${architecture}\\.rpm$`));
    expect(query(path, ['--queryformat', '%{ARCH}'])).toBe(architecture);
  });

  test('asks for what the packed runtime needs, and for nothing that was guessed from it', () => {
    const requires = query(build(), ['--requires']).split('\n');
    expect(requires.filter((line) => !/^(rpmlib.*|\/bin\/sh|)$/.test(line)).sort()).toEqual([
      'glibc >= 2.28',
      'libatomic',
      'libstdc++',
      'systemd',
    ]);
  });

  test('lays down each file for root, with the mode that it should have', () => {
    const format = '[%{FILEMODES:perms} %{FILEUSERNAME}:%{FILEGROUPNAME} %{FILENAMES}\n]';
    expect(query(build(), ['--queryformat', format]).trim().split('\n')).toEqual([
      'drwx------ root:root /etc/commander-agent',
      '-rw------- root:root /etc/commander-agent/config.json',
      'lrwxrwxrwx root:root /usr/bin/commander-agent',
      'drwxr-xr-x root:root /usr/lib/commander-agent',
      '-rwxr-xr-x root:root /usr/lib/commander-agent/commander-agent',
      '-rwxr-xr-x root:root /usr/lib/commander-agent/enroll-preseeded',
      '-rw-r--r-- root:root /usr/lib/systemd/system-preset/80-commander-agent.preset',
      '-rw-r--r-- root:root /usr/lib/systemd/system/commander-agent.service',
      '-rw-r--r-- root:root /usr/share/bash-completion/completions/commander-agent',
      'drwxr-xr-x root:root /usr/share/doc/commander-agent',
      '-rw-r--r-- root:root /usr/share/doc/commander-agent/LICENSE',
      'drwxr-xr-x root:root /usr/share/doc/commander-agent/examples',
      '-rw-r--r-- root:root /usr/share/doc/commander-agent/examples/restricted.conf',
      '-rw-r--r-- root:root /usr/share/fish/vendor_completions.d/commander-agent.fish',
      '-rw-r--r-- root:root /usr/share/man/man8/commander-agent.8.gz',
      '-rw-r--r-- root:root /usr/share/zsh/site-functions/_commander-agent',
    ]);
  });

  test('keeps what an admin wrote into the configuration', () => {
    expect(query(build(), ['--configfiles']).trim()).toBe('/etc/commander-agent/config.json');
  });

  test('carries the executable unchanged: its program lies behind the part that strip would keep', () => {
    const dir = makeTempDir(onEnd);
    const executablePath = writeLinuxStandIn(join(dir, 'agent'));
    const path = buildRpm({ target: 'linux-x64', executablePath, docs: DOCS }, buildContext(dir));
    const digest = runTool('sha256sum', [executablePath]).slice(0, 64);

    expect(query(path, ['--queryformat', '[%{FILENAMES} %{FILEDIGESTS}\n]'])).toContain(
      `/usr/lib/commander-agent/commander-agent ${digest}`,
    );
  });

  test('of a pre-release sorts before the release', () => {
    expect(query(build({ version: '1.2.3-beta.1' }), ['--queryformat', '%{VERSION}'])).toBe('1.2.3~beta.1');
  });
});

function query(path: string, args: readonly string[]): string {
  return runTool('rpm', ['--query', '--package', ...args, path]);
}
