/** Debian systems to try installers in, made once and kept in the cache. Tests change copies, never these. */
import { existsSync, mkdirSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { runTool } from './run-tool.ts';

/** What each is for, and what it needs beside a minimal system. */
export const DEBIAN_ROOTS = {
  /** Boots, takes packages, is managed by Ansible. */
  bookworm: [
    ...['systemd', 'systemd-sysv', 'dbus', 'procps', 'ca-certificates', 'curl', 'debconf-utils', 'rpm'],
    ...['libatomic1', 'libstdc++6', 'ansible-core', 'python3-apt'],
  ],
  /** Has a wine that runs the packed agent, and xar. */
  trixie: ['ca-certificates', 'wine', 'wine64', 'libwine', 'xar'],
} as const;

export type DebianSuite = keyof typeof DEBIAN_ROOTS;

const CACHE_DIR = join('node_modules', '.cache', 'installers');

export function debianRootPath(suite: DebianSuite): string {
  return join(CACHE_DIR, suite);
}

/** Makes the system unless it is there. Takes a minute or two, and root. */
export function ensureDebianRoot(suite: DebianSuite, say: (line: string) => void): void {
  const rootDir = debianRootPath(suite);
  if (existsSync(rootDir)) return;
  say(`Making a Debian ${suite} in "${rootDir}"`);
  mkdirSync(CACHE_DIR, { recursive: true });
  const partDir = `${rootDir}.part`;
  rmSync(partDir, { recursive: true, force: true });
  runTool('nice', ['debootstrap', '--variant=minbase', suite, partDir, debianMirror()]);
  const install = ['apt-get', 'install', '-y', '-qq', '--no-install-recommends', ...DEBIAN_ROOTS[suite]];
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive', LC_ALL: 'C.UTF-8' };
  // /proc in a mount namespace of its own goes away with it, however this ends.
  const script = 'mount -t proc proc "$1/proc" && root=$1 && shift && exec chroot "$root" "$@"';
  runTool(
    'nice',
    ['unshare', '--mount', '--propagation', 'private', 'sh', '-c', script, 'sh', partDir, ...install],
    {
      env,
    },
  );
  runTool('chroot', [partDir, 'apt-get', 'clean']);
  renameSync(partDir, rootDir); // whole or not at all
}

/** Where this machine's own apt gets Debian from. */
function debianMirror(): string {
  const uris = runTool('apt-get', ['indextargets', '--format', '$(REPO_URI)', 'Created-By: Packages']).split(
    '\n',
  );
  const mirror = uris.find((uri) => /\/debian\/?$/.test(uri));
  if (mirror === undefined) throw new Error('Cannot tell where this machine gets Debian packages from');
  return mirror;
}
