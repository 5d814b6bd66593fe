import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { spawnSync } from 'node:child_process';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { debianRootPath, type DebianSuite } from '../../../build/installers/debian-root.ts';
import { runTool } from '../../../build/installers/run-tool.ts';
import { waitFor } from '../../support/wait-for.ts';

/** A cached Debian to write into: what is written lies elsewhere, and goes. */
export class Overlay {
  readonly #dir: string;

  constructor(suite: DebianSuite) {
    this.#dir = mkdtempSync(join(tmpdir(), 'commander-overlay-'));
    for (const name of ['upper', 'work', 'root']) mkdirSync(join(this.#dir, name));
    const layers = `lowerdir=${resolve(debianRootPath(suite))},upperdir=${this.#dir}/upper,workdir=${this.#dir}/work`;
    runTool('mount', ['-t', 'overlay', 'overlay', '-o', layers, this.rootDir]);
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
