/** `npm run installers`: packages for every system, in dist/installers. */
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { parseArgs } from 'node:util';
import { executablePath, type TargetName } from '../targets.ts';
import { agentDocs } from './docs/agent-docs.ts';
import { FORMAT_NAMES, FORMATS, parseFormats, type FormatName } from './formats.ts';
import { sourceEpoch, sourceVersion, type BuildContext } from './product.ts';
import { buildRepositories } from './repositories.ts';

const USAGE = `Usage: npm run installers -- [--only FORMAT,…] [--packed] [--release] [--repo]

  --only     some of ${FORMAT_NAMES.join(', ')}; without it, all
  --packed   take the executables in dist/bin as they are, instead of packing what has changed
  --release  as small as possible, which takes minutes
  --repo     also make a signed apt and a signed yum repository; REPOSITORY_KEY holds the armored private key

What Windows gets is signed when SIGN_CERTIFICATE and SIGN_KEY say with what; docs/deploy.md has the other ways.
`;

try {
  await main();
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
}

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      only: { type: 'string' },
      packed: { type: 'boolean', default: false },
      release: { type: 'boolean', default: false },
      repo: { type: 'boolean', default: false },
      help: { type: 'boolean', short: 'h', default: false },
    },
  });
  if (values.help) {
    process.stdout.write(USAGE);
    return;
  }
  const formats = values.only === undefined ? FORMAT_NAMES : parseFormats(values.only);
  const targets = [...new Set(formats.flatMap((name) => FORMATS[name].targets))];
  if (!values.packed) packExecutables(targets);
  for (const target of targets) tellSize('executable', executablePath('commander-agent', target));
  const outDir = join('dist', 'installers');
  mkdirSync(outDir, { recursive: true });
  const workDir = mkdtempSync(join(outDir, '.work-'));
  const context = {
    version: sourceVersion(),
    epoch: sourceEpoch(),
    release: values.release,
    outDir,
    workDir,
  };
  try {
    const built = await buildAll(formats, context);
    writeChecksums(built, outDir);
    if (values.repo) for (const dir of buildRepositories(built, outDir)) console.log(`made        ${dir}`);
  } finally {
    rmSync(workDir, { recursive: true, force: true });
  }
}

function packExecutables(targets: readonly TargetName[]): void {
  const args = ['build/package.ts', '--if-changed', '--target', targets.join(',')];
  execFileSync(process.execPath, args, { stdio: 'inherit' });
}

function tellSize(what: string, path: string, took = ''): void {
  console.log(`${what.padEnd(10)}  ${path}  ${(statSync(path).size / 1e6).toFixed(1)} MB${took}`);
}

async function buildAll(formats: readonly FormatName[], context: BuildContext): Promise<string[]> {
  const docs = agentDocs(context);
  const built: string[] = [];
  let startedAt = performance.now();
  const onBuilt = (path: string): void => {
    tellSize('made', path, `  ${((performance.now() - startedAt) / 1000).toFixed(1)} s`);
    startedAt = performance.now();
    built.push(path);
  };
  for (const name of formats) await FORMATS[name].build({ docs, context, onBuilt });
  return built;
}

/** In the format of sha256sum(1), which checks it with `-c`. */
function writeChecksums(paths: readonly string[], outDir: string): void {
  const lines = paths.map(
    (path) => `${createHash('sha256').update(readFileSync(path)).digest('hex')}  ${basename(path)}\n`,
  );
  writeFileSync(join(outDir, 'SHA256SUMS'), lines.join(''));
}
