import { existsSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { spawnSync } from 'node:child_process';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { debianRootPath, type DebianSuite } from '../../../build/installers/debian-root.ts';
import { runTool } from '../../../build/installers/run-tool.ts';
import { waitFor } from '../../support/wait-for.ts';

/** Why there is no such Debian to write into; undefined when there is one. */
export function whyNoOverlay(suite: DebianSuite): string | undefined {
  if (!existsSync(debianRootPath(suite)))
    return `there is no Debian "${suite}"; "npm run test:installers" makes it, as root on a Debian system`;
  const dir = mkdtempSync(join(tmpdir(), 'commander-overlay-'));
  try {
    // Mounted in a namespace of its own, the overlay goes with the process.
    const mount = ['mount', '-t', 'overlay', 'overlay', '-o', layersOf(suite, dir), join(dir, 'root')];
    const { status, stderr } = spawnSync('unshare', ['--mount', ...mount], { encoding: 'utf8' });
    return status === 0 ? undefined : `overlays cannot be mounted here: ${stderr.trim()}`;
  } finally {
    rmSync(dir, { recursive: true, force: true });
  }
}

/** The options of a mount at `root` in `dir`, whose folders it makes. */
function layersOf(suite: DebianSuite, dir: string): string {
  for (const name of ['upper', 'work', 'root']) mkdirSync(join(dir, name));
  return `lowerdir=${resolve(debianRootPath(suite))},upperdir=${dir}/upper,workdir=${dir}/work`;
}

/** A cached Debian to write into: what is written lies elsewhere, and goes. */
export class Overlay {
  readonly #dir: string;

  constructor(suite: DebianSuite) {
    this.#dir = mkdtempSync(join(tmpdir(), 'commander-overlay-'));
    runTool('mount', ['-t', 'overlay', 'overlay', '-o', layersOf(suite, this.#dir), this.rootDir]);
  }

  get rootDir(): string {
    return join(this.#dir, 'root');
  }

  /** Once nothing runs in it any more. */
  async remove(): Promise<void> {
    await waitFor(() => spawnSync('umount', [this.rootDir]).status === 0, {
      what: 'the overlay to be let go',
    });
    rmSync(this.#dir, { recursive: true, force: true });
  }
}

/** The first child of a process; undefined while it has none. */
export function childOf(pid: number | undefined): string | undefined {
  const children = spawnSync('ps', ['--no-headers', '-o', 'pid', '--ppid', String(pid)], {
    encoding: 'utf8',
  });
  return children.stdout.trim().split('\n')[0]?.trim() || undefined;
}
