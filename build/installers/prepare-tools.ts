/** `npm run installers:tools`: installs what making and trying installers needs, from the distribution's packages. */
import { spawnSync } from 'node:child_process';
import { parseArgs } from 'node:util';
import { DEBIAN_ROOTS, ensureDebianRoot, type DebianSuite } from './debian-root.ts';
import { runTool } from './run-tool.ts';
import { missingPackages } from './tools.ts';

const USAGE = `Usage: npm run installers:tools -- [--with-systems]

  --with-systems  also make the Debian systems that tests install in, half a gigabyte each, in node_modules/.cache.
                  What cannot be had is told and left out, for tests that need it are skipped.
`;

try {
  main();
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
}

function main(): void {
  const { values } = parseArgs({
    options: {
      'with-systems': { type: 'boolean', default: false },
      help: { type: 'boolean', short: 'h', default: false },
    },
  });
  if (values.help) {
    process.stdout.write(USAGE);
    return;
  }
  const missing = missingPackages();
  if (!canInstall()) {
    const what = missing.length === 0 ? 'nothing is missing' : `missing are ${missing.join(', ')}`;
    console.log(`Installing tools takes root on a Debian system; here, ${what}`);
  } else if (values['with-systems']) {
    tellFailure(() => install(missing));
    for (const suite of Object.keys(DEBIAN_ROOTS) as DebianSuite[])
      tellFailure(() => ensureDebianRoot(suite, (line) => console.log(line)));
  } else install(missing);
}

function tellFailure(work: () => void): void {
  try {
    work();
  } catch (error) {
    console.log(error instanceof Error ? error.message : error);
  }
}

function canInstall(): boolean {
  return process.getuid?.() === 0 && spawnSync('apt-get', ['--version']).status === 0;
}

function install(packages: readonly string[]): void {
  if (packages.length === 0) return;
  console.log(`Installing ${packages.join(', ')}`);
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
  runTool('apt-get', ['update', '-qq'], { env });
  runTool('apt-get', ['install', '-y', '-qq', '--no-install-recommends', ...packages], { env });
}
