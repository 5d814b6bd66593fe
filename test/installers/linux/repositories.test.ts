import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { buildAptRepository } from '../../../build/installers/linux/apt-repository.ts';
import { buildDeb } from '../../../build/installers/linux/deb.ts';
import { GpgKey } from '../../../build/installers/linux/gpg-key.ts';
import { buildRpm } from '../../../build/installers/linux/rpm.ts';
import { buildYumRepository } from '../../../build/installers/linux/yum-repository.ts';
import { runTool } from '../../../build/installers/run-tool.ts';
import { useCleanup } from '../../support/cleanup.ts';
import { makeTempDir } from '../../support/temp-dir.ts';
import { buildContext, DOCS } from '../support/build-context.ts';
import { describeWith } from '../support/describe-with.ts';
import { writeLinuxStandIn } from '../support/stand-ins.ts';

const TARGETS = ['linux-x64', 'linux-arm64'] as const;

describeWith(['dpkg-deb', 'dpkg-scanpackages', 'apt-ftparchive', 'gpg'], 'an apt repository', () => {
  const onEnd = useCleanup();

  /** The repository, and an apt that knows no other and keeps nothing outside the test's folder. */
  function make(): { dir: string; apt: (args: readonly string[], cwd?: string) => string } {
    const root = makeTempDir(onEnd);
    const executablePath = writeLinuxStandIn(join(root, 'agent'));
    const packages = TARGETS.map((target) =>
      buildDeb({ target, executablePath, docs: DOCS }, buildContext(root)),
    );
    const key = GpgKey.generate('A test <test@example.com>');
    onEnd(() => key.close());
    const dir = join(root, 'repo');
    buildAptRepository({ dir, packages, key });

    const keyPath = join(dir, 'commander-agent.asc');
    for (const name of ['lists/partial', 'archives/partial', 'etc', 'status'])
      mkdirSync(join(root, name), { recursive: true });
    writeFileSync(
      join(root, 'sources.list'),
      `deb [arch=amd64 signed-by=${keyPath}] file:${dir} stable main\n`,
    );
    writeFileSync(join(root, 'dpkg-status'), '');
    const options = {
      'Dir::Etc': join(root, 'etc'),
      'Dir::Etc::sourcelist': join(root, 'sources.list'),
      'Dir::Etc::sourceparts': '/dev/null',
      'Dir::State::lists': join(root, 'lists'),
      'Dir::State::status': join(root, 'dpkg-status'),
      'Dir::Cache': root,
      'APT::Sandbox::User': 'root',
      'APT::Architecture': 'amd64',
    };
    const args = Object.entries(options).flatMap(([name, value]) => ['-o', `${name}=${value}`]);
    return { dir, apt: (more, cwd = root) => runTool('apt-get', [...args, ...more], { cwd }) };
  }

  test('is taken by apt, signature and all, and gives its package', () => {
    const { apt } = make();
    apt(['update']);
    apt(['download', 'commander-agent']);
    expect(apt(['indextargets', '--format', '$(IDENTIFIER)'])).toContain('Packages');
  });

  test('is refused by apt when its list was changed', () => {
    const { dir, apt } = make();
    for (const name of ['Packages', 'Packages.gz'])
      writeFileSync(join(dir, 'dists/stable/main/binary-amd64', name), 'Package: evil\n');
    expect(() => apt(['update', '--error-on=any'])).toThrow(
      /Hash Sum mismatch|unexpected size|Failed to fetch/,
    );
  });

  test('is refused by apt when its release was signed by nobody it trusts', () => {
    const { dir, apt } = make();
    const stranger = GpgKey.generate('Somebody else <else@example.com>');
    onEnd(() => stranger.close());
    const suiteDir = join(dir, 'dists/stable');
    writeFileSync(
      join(suiteDir, 'InRelease'),
      stranger.clearSign(readFileSync(join(suiteDir, 'Release'), 'utf8')),
    );
    expect(() => apt(['update', '--error-on=any'])).toThrow(/NO_PUBKEY|not signed/);
  });
});

describeWith(['rpmbuild', 'rpm', 'createrepo_c', 'gpg'], 'a yum repository', () => {
  const onEnd = useCleanup();

  test('has signed packages and a signed list of them', () => {
    const root = makeTempDir(onEnd);
    const executablePath = writeLinuxStandIn(join(root, 'agent'));
    const packages = TARGETS.map((target) =>
      buildRpm({ target, executablePath, docs: DOCS }, buildContext(root)),
    );
    const key = GpgKey.generate('A test <test@example.com>');
    onEnd(() => key.close());
    const dir = join(root, 'repo');
    buildYumRepository({ dir, packages, key });

    const dbArgs = ['--dbpath', join(root, 'rpmdb')];
    const copies = packages.map((path) => path.replace(/.*\//, `${dir}/`));
    runTool('rpm', [...dbArgs, '--import', join(dir, 'commander-agent.asc')]);
    expect(runTool('rpm', [...dbArgs, '--checksig', ...copies])).toMatch(/(.*digests signatures OK\n){2}/);

    const list = join(dir, 'repodata/repomd.xml');
    const verify = ['--homedir', key.homeDir, '--batch', '--quiet', '--verify', `${list}.asc`, list];
    expect(() => runTool('gpg', verify)).not.toThrow();
    expect(runTool('sh', ['-c', `gzip -dc ${dir}/repodata/*primary.xml.gz`])).toMatch(
      /<arch>(x86_64|aarch64)<\/arch>[\s\S]*<arch>(x86_64|aarch64)<\/arch>/,
    );
  });
});
