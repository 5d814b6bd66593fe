import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { writeFlatPackage } from '../../../build/installers/macos/flat-package.ts';
import { buildMacPackage } from '../../../build/installers/macos/macos-package.ts';
import { runTool } from '../../../build/installers/run-tool.ts';
import { useCleanup } from '../../support/cleanup.ts';
import { makeTempDir } from '../../support/temp-dir.ts';
import { buildContext, DOCS, EPOCH } from '../support/build-context.ts';
import { describeWith } from '../support/describe-with.ts';
import { readBom } from '../support/read-bom.ts';
import { machOStandIn } from '../support/stand-ins.ts';

const BINARY = machOStandIn('arm64', 'the program');

describeWith(['bsdtar', 'xmllint'], 'a macOS package', () => {
  const onEnd = useCleanup();

  /** Builds it and takes it apart with other people's tools. Returns the folder of its parts. */
  function buildAndUnpack(): string {
    const dir = makeTempDir(onEnd);
    const executablePath = join(dir, 'agent');
    writeFileSync(executablePath, BINARY);
    const order = { variant: 'arm64', executablePaths: [executablePath], docs: DOCS } as const;
    const path = buildMacPackage(order, buildContext(dir));
    expect(path).toMatch(/commander-agent-1\.2\.3-arm64\.pkg$/);
    return unpack(path, join(dir, 'unpacked'));
  }

  test('holds a description, and a component with its list, payload and scripts', () => {
    const dir = buildAndUnpack();
    expect(runTool('find', ['.', '-type', 'f'], { cwd: dir }).trim().split('\n').sort()).toEqual([
      './Distribution',
      './commander-agent.pkg/Bom',
      './commander-agent.pkg/PackageInfo',
      './commander-agent.pkg/Payload',
      './commander-agent.pkg/Scripts',
    ]);
  });

  test('lays down agent, daemon and documentation for root', () => {
    const payload = join(buildAndUnpack(), 'commander-agent.pkg/Payload');
    const lines = runTool('bsdtar', ['--numeric-owner', '-tvf', payload]).trim().split('\n');
    const files = lines.map((line) => line.replace(/^(\S+)\s+\d+\s+(\d+)\s+(\d+)\s+\d+ .{12} /, '$1 $2:$3 '));
    expect(files.filter((line) => !line.startsWith('d'))).toEqual([
      '-rw-r--r-- 0:0 ./Library/LaunchDaemons/org.commander-framework.agent.plist',
      'lrwxr-xr-x 0:0 ./usr/local/bin/commander-agent -> ../lib/commander-agent/commander-agent',
      '-rwxr-xr-x 0:0 ./usr/local/lib/commander-agent/commander-agent',
      '-rwxr-xr-x 0:0 ./usr/local/lib/commander-agent/start',
      '-rwxr-xr-x 0:0 ./usr/local/lib/commander-agent/uninstall',
      '-rw-r--r-- 0:0 ./usr/local/share/man/man8/commander-agent.8',
      '-rw-r--r-- 0:0 ./usr/local/share/zsh/site-functions/_commander-agent',
    ]);
  });

  test('carries the executable unchanged', () => {
    const dir = buildAndUnpack();
    const out = unpack(join(dir, 'commander-agent.pkg/Payload'), join(dir, 'payload'));
    expect(readFileSync(join(out, 'usr/local/lib/commander-agent/commander-agent'))).toEqual(BINARY);
  });

  test('brings the scripts that it names, executable', () => {
    const dir = buildAndUnpack();
    const info = readFileSync(join(dir, 'commander-agent.pkg/PackageInfo'), 'utf8');
    const named = [...info.matchAll(/<(\w+) file="\.\/(\w+)"\/>/g)].map(([, , name]) => name);
    const out = unpack(join(dir, 'commander-agent.pkg/Scripts'), join(dir, 'scripts'));

    expect(named).toEqual(['preinstall', 'postinstall']);
    for (const name of named) expect(() => runTool('test', ['-x', join(out, name ?? '')])).not.toThrow();
  });

  test('has descriptions that are XML and name what the package is, for whom, and how large', () => {
    const dir = buildAndUnpack();
    const [info, distribution] = ['commander-agent.pkg/PackageInfo', 'Distribution'].map((name) =>
      join(dir, name),
    );
    const ask = (path = '', query = ''): string =>
      runTool('xmllint', ['--xpath', `string(${query})`, path]).trim();

    expect(ask(info, '/pkg-info/@identifier')).toBe('org.commander-framework.agent');
    expect(ask(info, '/pkg-info/@version')).toBe('1.2.3');
    expect(Number(ask(info, '//payload/@numberOfFiles'))).toBe(readBom(readBomFile(dir)).length);
    expect(ask(distribution, '//options/@hostArchitectures')).toBe('arm64');
    expect(ask(distribution, '//pkg-ref[@version]')).toBe('#commander-agent.pkg');
  });

  test('lists in its bill of materials exactly what the payload has, with modes, sizes and checksums', () => {
    const dir = buildAndUnpack();
    const out = unpack(join(dir, 'commander-agent.pkg/Payload'), join(dir, 'payload'));
    const paths = runTool('find', ['.'], { cwd: out }).trim().split('\n').sort();
    const bom = readBom(readBomFile(dir));

    expect(bom.map(({ path }) => path).sort()).toEqual(paths);
    for (const entry of bom.filter(({ kind }) => kind === 'file')) {
      const [sum, size] = runTool('cksum', [entry.path], { cwd: out }).split(' ').map(Number);
      const mode = parseInt(runTool('stat', ['--format=%f', entry.path], { cwd: out }), 16);
      expect(entry).toEqual({ ...entry, checksum: sum, size, mode, user: 0, group: 0, modified: EPOCH });
    }
    expect(bom.find(({ kind }) => kind === 'link')?.linkTarget).toBe(
      '../lib/commander-agent/commander-agent',
    );
  });

  test('is the same, byte for byte, when it is built again', () => {
    const order = {
      version: '1.2.3',
      arches: ['arm64'],
      payload: [{ kind: 'file', path: 'a/b', mode: 0o644, content: 'hello' }],
      scripts: [],
      epoch: EPOCH,
      compressionLevel: 9,
    } as const;
    expect(writeFlatPackage(order).equals(writeFlatPackage(order))).toBe(true);
  });
});

function readBomFile(dir: string): Buffer {
  return readFileSync(join(dir, 'commander-agent.pkg/Bom'));
}

function unpack(path: string, into: string): string {
  mkdirSync(into);
  runTool('bsdtar', ['-xpf', path, '-C', into]);
  return into;
}
