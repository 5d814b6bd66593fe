import { execFileSync } from 'node:child_process';
import { readFileSync, statSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { build, type Metafile } from 'esbuild';
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
  bytes: number;
  metafile: Metafile;
}

/**
 * Bundles one entry into one CommonJS file, the only format a single executable application starts from. Imports written as
 * `await import()` stay lazy inside it. Names are kept, so that a stack trace in a log can be read without the source map
 * that is written beside the bundle and not shipped.
 */
export async function bundle(options: BundleOptions): Promise<Bundle> {
  const result = await build({
    absWorkingDir: resolve(options.rootDir),
    entryPoints: [options.entryPath],
    outfile: options.outPath,
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
    metafile: true,
    logLevel: 'warning',
    define: { __VERSION__: JSON.stringify(options.version), __COMMIT__: JSON.stringify(options.commit) },
  });
  const path = join(options.rootDir, options.outPath);
  return { path, bytes: statSync(path).size, metafile: result.metafile };
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
