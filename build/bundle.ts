import { execFileSync } from 'node:child_process';
import { readFileSync, statSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { build, type BuildOptions } from 'esbuild';
import { separateParts } from './separate-parts.ts';
import type { ExecutableName } from './targets.ts';

export interface BundleOptions {
  /** Modules are named relative to this folder in the bundle, and the other paths start from it. */
  rootDir: string;
  entryPath: string;
  outPath: string;
  version: string;
  commit: string;
}

export interface Bundle {
  path: string;
  /** Files beside it that it loads when first used, by their names. */
  partPaths: string[];
  bytes: number;
}

/**
 * Bundles one entry into one CommonJS file, the only format a single executable application starts from, and its parts. Names are
 * kept, so that a stack trace in a log can be read without the source map that is written beside the bundle and not shipped.
 */
export async function bundle({
  rootDir,
  entryPath,
  outPath,
  version,
  commit,
}: BundleOptions): Promise<Bundle> {
  const options = {
    absWorkingDir: resolve(rootDir),
    bundle: true,
    format: 'cjs',
    platform: 'node',
    target: 'node26',
    minifySyntax: true,
    minifyWhitespace: true,
    sourcemap: 'external',
    sourcesContent: false,
    legalComments: 'none',
    charset: 'ascii', // one character beyond Latin-1, and V8 keeps the whole source at two bytes each
    logLevel: 'warning',
    define: { __VERSION__: JSON.stringify(version), __COMMIT__: JSON.stringify(commit) },
  } satisfies BuildOptions;
  const path = join(rootDir, outPath);
  const { plugin, partPaths } = separateParts(resolve(path), options);
  await build({ ...options, entryPoints: [entryPath], outfile: outPath, plugins: [plugin] });
  return { path, partPaths: partPaths.sort(), bytes: statSync(path).size };
}

/** Bundles an executable of this product from src/bin into dist/bundle. */
export async function bundleExecutable(name: ExecutableName): Promise<Bundle> {
  return await bundle({
    rootDir: '.',
    entryPath: join('src', 'bin', `${name}.ts`),
    outPath: join('dist', 'bundle', `${name}.cjs`),
    version: packageVersion(),
    commit: currentCommit(),
  });
}

export function packageVersion(): string {
  return (JSON.parse(readFileSync('package.json', 'utf8')) as { version: string }).version;
}

function currentCommit(): string {
  try {
    const args = ['describe', '--always', '--dirty', '--abbrev=12', '--exclude=*'];
    return execFileSync('git', args, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] }).trim();
  } catch {
    return 'unknown'; // an unpacked source archive has no history
  }
}
