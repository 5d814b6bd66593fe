import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { AppError, systemErrorCode } from '../../../lib/errors.ts';
import { ROLES, type ReleaseMetadata, type Role } from './kept-metadata.ts';

/**
 * Where tuf-js works. It writes what it has verified at once, but not atomically, so this is a copy of what is kept, and what is
 * whole here afterwards is kept in its place.
 */
export class MetadataFolder {
  readonly path: string;

  constructor(path: string) {
    this.path = path;
  }

  /** @throws AppError STATE_UNWRITABLE */
  fill(files: ReleaseMetadata['files']): void {
    try {
      this.remove();
      mkdirSync(this.path, { mode: 0o700 });
      for (const role of ROLES) {
        const text = files[role];
        if (text !== undefined) writeFileSync(this.#pathOf(role), text, { mode: 0o600 });
      }
    } catch (cause) {
      throw new AppError('STATE_UNWRITABLE', `Cannot write "${this.path}"`, { cause, retryable: true });
    }
  }

  /** Those that are there and not cut off. */
  read(): Partial<Record<Role, string>> {
    const files: Partial<Record<Role, string>> = {};
    for (const role of ROLES) {
      const text = this.#read(role);
      if (text !== undefined) files[role] = text;
    }
    return files;
  }

  remove(): void {
    rmSync(this.path, { recursive: true, force: true });
  }

  #read(role: Role): string | undefined {
    try {
      const text = readFileSync(this.#pathOf(role), 'utf8');
      JSON.parse(text);
      return text;
    } catch (cause) {
      if (cause instanceof SyntaxError || systemErrorCode(cause) === 'ENOENT') return undefined;
      throw new AppError('STATE_UNWRITABLE', `Cannot read "${this.#pathOf(role)}"`, {
        cause,
        retryable: true,
      });
    }
  }

  #pathOf(role: Role): string {
    return join(this.path, `${role}.json`);
  }
}
