import { execFileSync, spawnSync } from 'node:child_process';
import {
  closeSync,
  existsSync,
  mkdirSync,
  openSync,
  rmSync,
  statfsSync,
  truncateSync,
  writeSync,
} from 'node:fs';
import { join } from 'node:path';
import { systemErrorCode } from '../../../src/lib/errors.ts';
import { waitFor } from '../../support/wait-for.ts';

const BYTES = 500 * 1024 * 1024;
/** Of ext4: nothing more gets to the disk from now on, and what is on its way there is dropped. */
const CUT = `open(my $disk, '<', $ARGV[0]) or die $!; my $how = pack('L', 2); ioctl($disk, 0x8004587d, $how) or die $!`;

/** Why there can be no disk of a test's own here; undefined when there can. */
export function whyNoDisk(): string | undefined {
  if (process.getuid?.() !== 0) return 'mounting takes root';
  if (!existsSync('/dev/loop-control')) return 'there are no loop devices here';
  for (const [tool, flag] of [['mkfs.ext4', '-V'] as const, ['perl', '-v'] as const])
    if (spawnSync(tool, [flag]).error !== undefined) return `"${tool}" is not installed`;
  return undefined;
}

/** A small disk in a file, that can be full and lose its power. Without the help that ext4 gives to programs that forget to flush. */
export class Disk {
  readonly mountPoint: string;
  readonly #imagePath: string;

  constructor(dir: string) {
    this.mountPoint = join(dir, 'disk');
    this.#imagePath = join(dir, 'disk.img');
    mkdirSync(this.mountPoint, { recursive: true });
    closeSync(openSync(this.#imagePath, 'w'));
    truncateSync(this.#imagePath, BYTES);
    execFileSync('mkfs.ext4', ['-q', '-m', '0', this.#imagePath]);
    this.#mount();
  }

  /** What was not flushed is lost, at once and for good. Whoever still has files open here gets errors. */
  cutPower(): void {
    execFileSync('perl', ['-e', CUT, this.mountPoint]);
  }

  /** After a cut, when whoever had files open here is about to end. */
  async restorePower(): Promise<void> {
    const isUnmounted = (): boolean => spawnSync('umount', [this.mountPoint]).status === 0;
    await waitFor(isUnmounted, { what: `"${this.mountPoint}" to be left by all`, everyMs: 50 });
    this.#mount();
  }

  /** To the last byte. */
  fill(): void {
    const { bavail, bsize } = statfsSync(this.mountPoint);
    spawnSync('fallocate', ['--length', String(bavail * bsize), this.#ballastPath]);
    const file = openSync(this.#ballastPath, 'a');
    try {
      for (let size = 64 * 1024; size >= 512;) if (!isWritten(file, size)) size /= 2;
    } finally {
      closeSync(file);
    }
  }

  free(): void {
    rmSync(this.#ballastPath, { force: true });
  }

  remove(): void {
    execFileSync('umount', ['--lazy', this.mountPoint]);
    rmSync(this.#imagePath);
  }

  get #ballastPath(): string {
    return join(this.mountPoint, 'ballast');
  }

  #mount(): void {
    execFileSync('mount', ['-o', 'loop,noauto_da_alloc', this.#imagePath, this.mountPoint]);
  }
}

function isWritten(file: number, size: number): boolean {
  try {
    return writeSync(file, Buffer.alloc(size)) === size;
  } catch (error) {
    if (systemErrorCode(error) === 'ENOSPC') return false;
    throw error;
  }
}
