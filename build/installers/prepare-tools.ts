/** `npm run installers:tools`: installs what building and testing installers needs, from the distribution's packages. */
import { spawnSync } from 'node:child_process';
import { missingPackages } from './tools.ts';

const missing = missingPackages();
if (missing.length === 0) console.log('Every tool for installers is here');
else if (canInstall()) install(missing);
else {
  console.error(
    `Not here: ${missing.join(', ')}. As root on a Debian system this would install them; do it by hand here.`,
  );
  process.exitCode = 1;
}

function canInstall(): boolean {
  return process.getuid?.() === 0 && spawnSync('apt-get', ['--version']).status === 0;
}

function install(packages: readonly string[]): void {
  console.log(`Installing ${packages.join(', ')}`);
  apt(['update', '-qq']);
  apt(['install', '-y', '-qq', '--no-install-recommends', ...packages]);
}

function apt(args: readonly string[]): void {
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
  const { status, stdout, stderr } = spawnSync('apt-get', args, { env, encoding: 'utf8' });
  if (status === 0) return;
  console.error(`apt-get ${args[0] ?? ''} failed: ${(stderr || stdout).trim()}`);
  process.exit(1);
}
