/** A signed yum and dnf repository: each package carries its own signature, and so does the list of all. */
import { copyFileSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { PRODUCT } from '../product.ts';
import { runTool } from '../run-tool.ts';
import type { RepositoryOrder } from './apt-repository.ts';

export function buildYumRepository({ dir, packages, key }: RepositoryOrder): void {
  rmSync(dir, { recursive: true, force: true });
  mkdirSync(dir, { recursive: true });
  const copies = packages.map((path) => join(dir, basename(path)));
  packages.forEach((path, i) => copyFileSync(path, copies[i] ?? ''));
  const macros = { _gpg_name: key.fingerprint, __gpg: '/usr/bin/gpg', _gpg_path: key.homeDir };
  const defines = Object.entries(macros).flatMap(([name, value]) => ['--define', `${name} ${value}`]);
  if (copies.length > 0) runTool('rpm', [...defines, '--addsign', ...copies]);
  runTool('createrepo_c', ['--quiet', dir]);
  const listPath = join(dir, 'repodata', 'repomd.xml');
  writeFileSync(`${listPath}.asc`, key.detachSign(readFileSync(listPath)));
  writeFileSync(join(dir, `${PRODUCT.packageName}.asc`), key.publicKey());
}
