import { execFile } from 'node:child_process';
import {
  chmodSync,
  copyFileSync,
  linkSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { basename, dirname, join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { releaseMark } from '../src/protocol/release-mark.ts';
import { packageVersion, type Bundle } from './bundle.ts';
import { commanderIcon } from './installers/icon/drawing.ts';
import { koffiForWindows } from './installers/windows/koffi.ts';
import { signAdHoc } from './macho-sign.ts';
import { pinnedRuntime } from './runtimes.ts';
import { executablePath, hostTarget, TARGETS, type ExecutableName, type TargetName } from './targets.ts';
import { writeVersionResource } from './version-resource.ts';

/**
 * V8 flags written into each executable. Only flags that leave V8's flag hash alone may stand here: the code cache is made by a
 * Node started without them, and any other would have it rejected, with a warning, at every start.
 */
const EXEC_ARGV: Record<ExecutableName, readonly string[]> = {
  'commander-agent': [
    ...['--max-semi-space-size=1', '--v8-pool-size=1', '--no-memory-reducer'],
    // node:ffi is one, and is pinned with the rest of Node; the warning would be the only line in the service's journal.
    '--disable-warning=ExperimentalWarning',
  ],
  commander: [],
};

const DESCRIPTION: Record<ExecutableName, string> = {
  'commander-agent': 'Commander endpoint agent',
  commander: 'Commander server and admin command line',
};

/** What the worker process is told. */
export interface SeaOrder {
  bundlePath: string;
  /** Files that the code asks for by name. */
  assets: Record<string, string>;
  outPath: string;
  nodeVersion: string;
  os: (typeof TARGETS)[TargetName]['os'];
  arch: (typeof TARGETS)[TargetName]['arch'];
  execArgv: readonly string[];
  useCodeCache: boolean;
}

export interface PackOrder {
  name: ExecutableName;
  target: TargetName;
  bundle: Bundle;
  /** The Node that is to carry the bundle. */
  runtimePath: string;
  /** What the bundle calls itself, if not the version of this tree. */
  version?: string;
  /** If not in dist/bin. */
  outPath?: string;
}

/** Makes one executable from its bundle; the finished file appears at once, also where a running one lies. Returns its path. */
export async function pack(order: PackOrder): Promise<string> {
  const { name, target, bundle, runtimePath } = order;
  const { version = packageVersion(), outPath = executablePath(name, target) } = order;
  mkdirSync(dirname(outPath), { recursive: true });
  const workDir = mkdtempSync(join(dirname(outPath), '.pack-'));
  try {
    const packedPath = join(workDir, basename(outPath));
    seedPkgCache(workDir, target, ownRuntime(runtimePath, { name, target, version, workDir }));
    await runWorker(workDir, {
      bundlePath: resolve(bundle.path),
      assets: Object.fromEntries(
        [
          ...bundle.partPaths,
          ...(await nativeParts(name, target)),
          ...markParts(name, { target, version, workDir }),
        ].map((path) => [basename(path), resolve(path)]),
      ),
      outPath: resolve(packedPath),
      nodeVersion: pinnedRuntime(target).version,
      os: TARGETS[target].os,
      arch: TARGETS[target].arch,
      execArgv: EXEC_ARGV[name],
      useCodeCache: target === hostTarget(), // bytecode belongs to the machine that made it
    });
    if (TARGETS[target].os === 'macos') signInPlace(packedPath, name);
    chmodSync(packedPath, 0o755);
    renameSync(packedPath, outPath);
    return outPath;
  } finally {
    rmSync(workDir, { recursive: true, force: true });
  }
}

/** Native code that goes along: a lone agent must be able to speak to Windows' service manager. */
async function nativeParts(name: ExecutableName, target: TargetName): Promise<string[]> {
  return name === 'commander-agent' && TARGETS[target].os === 'win' ? [await koffiForWindows()] : [];
}

/** What the server reads when the file is published (src/protocol/release-mark.ts). */
function markParts(
  name: ExecutableName,
  { target, version, workDir }: { target: TargetName; version: string; workDir: string },
): string[] {
  if (name !== 'commander-agent') return [];
  const path = join(workDir, 'release-mark');
  writeFileSync(path, releaseMark({ version, platform: target }));
  return [path];
}

/** The runtime that is to carry our code. Windows' gets our version resource first, while it is still a plain executable. */
function ownRuntime(
  runtimePath: string,
  {
    name,
    target,
    version,
    workDir,
  }: { name: ExecutableName; target: TargetName; version: string; workDir: string },
): string {
  if (TARGETS[target].os !== 'win') return runtimePath;
  const ownPath = join(workDir, 'runtime.exe');
  writeVersionResource(runtimePath, ownPath, {
    version,
    productName: 'Commander',
    description: DESCRIPTION[name],
    fileName: `${name}.exe`,
    icon: commanderIcon(),
  });
  return ownPath;
}

/**
 * Puts our runtime where pkg keeps downloaded ones, so that it takes this and downloads nothing. An empty `.ok` file is pkg's mark
 * for "fetched and verified"; the archive it names is then never opened.
 */
function seedPkgCache(homeDir: string, target: TargetName, runtimePath: string): void {
  const { os, arch } = TARGETS[target];
  const cacheDir = join(homeDir, '.pkg-cache', 'sea');
  const stem = `node-v${pinnedRuntime(target).version}-${os === 'macos' ? 'darwin' : os}-${arch}`;
  const archivePath = join(cacheDir, `${stem}.${os === 'win' ? 'zip' : 'tar.gz'}`);
  const nodePath = os === 'win' ? join(cacheDir, `${stem}.exe`) : join(cacheDir, stem, 'bin', 'node');
  mkdirSync(dirname(nodePath), { recursive: true });
  for (const path of [archivePath, `${archivePath}.ok`, `${nodePath}.ok`]) writeFileSync(path, '');
  try {
    linkSync(runtimePath, nodePath);
  } catch {
    copyFileSync(runtimePath, nodePath); // another file system, or one without links
  }
}

async function runWorker(homeDir: string, order: SeaOrder): Promise<void> {
  const home = resolve(homeDir);
  const env = { ...process.env, HOME: home, USERPROFILE: home };
  const worker = join('build', 'sea-worker.ts');
  try {
    await promisify(execFile)(process.execPath, [worker, JSON.stringify(order)], { env });
  } catch (cause) {
    const { stderr = '', stdout = '' } = cause as { stderr?: string; stdout?: string };
    throw new Error(`Cannot pack "${basename(order.outPath)}": ${stderr || stdout}`, { cause });
  }
}

function signInPlace(path: string, identifier: string): void {
  writeFileSync(path, signAdHoc(readFileSync(path), identifier));
}
