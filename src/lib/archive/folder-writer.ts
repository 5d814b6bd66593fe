import { mkdir, open, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { AppError, isAppError, systemErrorCode } from '../errors.ts';
import type { Content, Entry } from './archive-types.ts';

/**
 * Writes admitted entries below one folder of its own. The folder is new, links are never made in it, and files are only
 * ever created: so no name, whatever it says, can reach a file that was there before.
 */
export class FolderWriter {
  readonly #rootDir: string;
  readonly #made = new Set<string>();

  private constructor(rootDir: string) {
    this.#rootDir = rootDir;
    this.#made.add(rootDir);
  }

  /** @throws AppError STATE_UNWRITABLE when the folder exists already or cannot be made */
  static async create(rootDir: string): Promise<FolderWriter> {
    try {
      await mkdir(rootDir, { mode: 0o700 });
      return new FolderWriter(rootDir);
    } catch (cause) {
      throw new AppError('STATE_UNWRITABLE', `Cannot make the folder "${rootDir}"`, { cause });
    }
  }

  async write(entry: Entry, content: Content): Promise<void> {
    const path = join(this.#rootDir, entry.path);
    if (entry.kind === 'folder') await this.#makeDir(path);
    else await this.#writeFile(path, entry, content);
  }

  async remove(): Promise<void> {
    await rm(this.#rootDir, { recursive: true, force: true });
  }

  async #writeFile(path: string, entry: Entry, content: Content): Promise<void> {
    await this.#makeDir(dirname(path));
    const file = await open(path, 'wx', entry.executable ? 0o700 : 0o600).catch((cause: unknown) =>
      refuseToWrite(entry, cause),
    );
    try {
      for await (const chunk of content) await file.writeFile(chunk);
    } catch (cause) {
      refuseToWrite(entry, cause);
    } finally {
      await file.close();
    }
  }

  async #makeDir(dir: string): Promise<void> {
    if (this.#made.has(dir)) return;
    await mkdir(dir, { recursive: true, mode: 0o700 });
    this.#made.add(dir);
  }
}

/** A full disk is ours, not the archive's; a file that is there already can only be a name that the OS folds in a way we do not know. */
function refuseToWrite(entry: Entry, cause: unknown): never {
  if (isAppError(cause)) throw cause;
  const code = systemErrorCode(cause);
  if (code === 'EEXIST')
    throw new AppError('ARCHIVE_UNSAFE', `Entry "${entry.path}" is the same file as an earlier one here`, {
      cause,
    });
  if (code !== undefined && WRITE_FAILURES.includes(code))
    throw new AppError('STATE_UNWRITABLE', `Cannot write "${entry.path}" from the archive`, {
      cause,
      retryable: true,
    });
  throw cause;
}

const WRITE_FAILURES = ['ENOSPC', 'EDQUOT', 'EROFS', 'EACCES', 'EPERM', 'EIO', 'EMFILE', 'ENFILE'];
