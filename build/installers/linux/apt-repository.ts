/** A signed apt repository: `Packages` lists what there is, `Release` has their hashes, and `InRelease` is that, signed. */
import { copyFileSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { PRODUCT } from '../product.ts';
import { runTool } from '../run-tool.ts';
import type { GpgKey } from './gpg-key.ts';

const SUITE = 'stable';
const COMPONENT = 'main';
const POOL = join('pool', COMPONENT);

export interface RepositoryOrder {
  /** Where the repository is written; emptied before. */
  dir: string;
  /** Debian packages, or RPM ones, of whatever architectures. */
  packages: readonly string[];
  key: GpgKey;
}

export function buildAptRepository({ dir, packages, key }: RepositoryOrder): void {
  rmSync(dir, { recursive: true, force: true });
  mkdirSync(join(dir, POOL), { recursive: true });
  for (const path of packages) copyFileSync(path, join(dir, POOL, basename(path)));
  const architectures = [...new Set(packages.map(architectureOf))].sort();
  for (const architecture of architectures) writePackages(dir, architecture);
  writeRelease(dir, architectures, key);
  writeFileSync(join(dir, `${PRODUCT.packageName}.asc`), key.publicKey());
}

function writePackages(dir: string, architecture: string): void {
  const listDir = join(dir, 'dists', SUITE, COMPONENT, `binary-${architecture}`);
  mkdirSync(listDir, { recursive: true });
  const list = runTool('dpkg-scanpackages', ['--multiversion', '--arch', architecture, POOL], { cwd: dir });
  writeFileSync(join(listDir, 'Packages'), list);
  writeFileSync(join(listDir, 'Packages.gz'), gzipSync(list, { level: 9 }));
}

function writeRelease(dir: string, architectures: readonly string[], key: GpgKey): void {
  const suiteDir = join(dir, 'dists', SUITE);
  const fields = {
    Origin: PRODUCT.title,
    Label: PRODUCT.title,
    Suite: SUITE,
    Codename: SUITE,
    Components: COMPONENT,
    Architectures: architectures.join(' '),
  };
  const options = Object.entries(fields).flatMap(([name, value]) => [
    '-o',
    `APT::FTPArchive::Release::${name}=${value}`,
  ]);
  const release = runTool('apt-ftparchive', [...options, 'release', suiteDir]);
  writeFileSync(join(suiteDir, 'Release'), release);
  writeFileSync(join(suiteDir, 'InRelease'), key.clearSign(release));
  writeFileSync(join(suiteDir, 'Release.gpg'), key.detachSign(release));
}

function architectureOf(path: string): string {
  return runTool('dpkg-deb', ['--field', path, 'Architecture']).trim();
}
