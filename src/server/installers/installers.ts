import { existsSync, readFileSync } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { dirname } from 'node:path';
import { writeFileAtomic } from '../../lib/atomic-file.ts';
import type { Clock } from '../../lib/clock.ts';
import { AppError } from '../../lib/errors.ts';
import { Serial } from '../../lib/serial.ts';
import { validateInstallerList } from '../../protocol/generated/admin/installers.js';
import type { InstallerView } from '../../protocol/schemas/admin/installers.ts';
import { parseJson } from '../../protocol/validate.ts';
import type { ReceivedFile, ReceivedFiles } from './received-files.ts';
import { readInstallerName } from './installer-name.ts';

export interface InstallersOptions {
  /** The list, one JSON document; made by the first change. */
  indexPath: string;
  files: ReceivedFiles;
  clock: Clock;
}

/** What endpoints can be installed from: a short list of names, and the files that they stand for. */
export class Installers {
  readonly #options: InstallersOptions;
  readonly #turns = new Serial();
  #installers: readonly InstallerView[];

  private constructor(options: InstallersOptions, installers: readonly InstallerView[]) {
    this.#options = options;
    this.#installers = installers;
  }

  /** @throws AppError STATE_CORRUPT */
  static open(options: InstallersOptions): Installers {
    const { indexPath } = options;
    if (!existsSync(indexPath)) return new Installers(options, []);
    const text = readFileSync(indexPath, 'utf8');
    const what = `The list of installers, "${indexPath}",`;
    return new Installers(options, parseJson(validateInstallerList, text, what, 'STATE_CORRUPT').installers);
  }

  /** In the order of their names. */
  list(): readonly InstallerView[] {
    return this.#installers;
  }

  /** @throws AppError INSTALLER_NOT_FOUND */
  get(name: string): InstallerView {
    const found = this.#installers.find((installer) => installer.name === name);
    if (found !== undefined) return found;
    throw new AppError('INSTALLER_NOT_FOUND', `There is no installer "${name}"`);
  }

  pathOf({ sha256 }: InstallerView): string {
    return this.#options.files.pathOf(sha256);
  }

  /** Replaces what has the same name. @throws AppError NAME_INVALID */
  async add(name: string, file: ReceivedFile, addedBy: string): Promise<InstallerView> {
    const { files, clock } = this.#options;
    const { sha256, size } = file;
    const addedAt = new Date(clock.now()).toISOString();
    const installer = { name, ...readInstallerName(name), size, sha256, addedAt, addedBy };
    await this.#turns.run(async () => {
      await files.keep(file);
      await this.#replace([...this.#without(name), installer]);
    });
    return installer;
  }

  /** @throws AppError INSTALLER_NOT_FOUND */
  async remove(name: string): Promise<void> {
    await this.#turns.run(async () => {
      this.get(name);
      await this.#replace(this.#without(name));
    });
  }

  /** Removes files that the list does not name; at start-up also what was left of uploads. */
  async sweep(options: { includeAside?: boolean } = {}): Promise<void> {
    await this.#turns.run(async () => await this.#sweep(options));
  }

  #without(name: string): InstallerView[] {
    return this.#installers.filter((installer) => installer.name !== name);
  }

  /** The list first, then the files that it names no longer: what a crash leaves is swept at the next start. */
  async #replace(installers: InstallerView[]): Promise<void> {
    const sorted = installers.sort((a, b) => a.name.localeCompare(b.name));
    const { indexPath } = this.#options;
    await mkdir(dirname(indexPath), { recursive: true, mode: 0o700 });
    writeFileAtomic(indexPath, `${JSON.stringify({ installers: sorted }, undefined, 2)}\n`, { mode: 0o600 });
    this.#installers = sorted;
    await this.#sweep();
  }

  async #sweep(options: { includeAside?: boolean } = {}): Promise<void> {
    const wanted = new Set(this.#installers.map(({ sha256 }) => sha256));
    await this.#options.files.removeExcept(wanted, options);
  }
}
