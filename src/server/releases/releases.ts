import { join } from 'node:path';
import type { Clock } from '../../lib/clock.ts';
import { AppError, isAppError } from '../../lib/errors.ts';
import type { Logger } from '../../lib/log.ts';
import { Serial } from '../../lib/serial.ts';
import { readAgentExecutable } from '../../protocol/read-agent-executable.ts';
import { executableTargetPath } from '../../protocol/release-paths.ts';
import { readDraft } from '../../protocol/release-signing.ts';
import type {
  ExportedKeys,
  ReleaseChange,
  ReleaseDraft,
  ReleaseList,
  ReleasePlatform,
  ReleaseRole,
  StagedRelease,
} from '../../protocol/schemas/releases.ts';
import { exportKeys, removeKeys } from './exported-keys.ts';
import type { FileStore, ReceivedFile } from './file-store.ts';
import { KeyFiles } from './key-files.ts';
import { isUrgent } from './lifetimes.ts';
import { MetadataFiles } from './metadata-files.ts';
import { hashesIn, releasesIn, targetsOf, versionsIn } from './release-targets.ts';
import { Repository } from './repository.ts';
import { StagedReleases, type StagedReleasesOptions } from './staged-releases.ts';

export interface ReleasesOptions {
  /** Gets the folders `keys` and `metadata`. */
  dir: string;
  files: FileStore;
  clock: Clock;
  log: Logger;
  readExecutable?: StagedReleasesOptions['readExecutable'];
  /** What is to run a version, in words, if anything is. */
  usedBy?: (version: string) => Promise<string | undefined>;
}

/** Versions of the agent, signed for agents to update themselves to. */
export class Releases {
  readonly files: FileStore;
  readonly #options: ReleasesOptions;
  readonly #keys: KeyFiles;
  readonly #metadata: MetadataFiles;
  readonly #repository: Repository;
  readonly #staged: StagedReleases;
  readonly #turns = new Serial();

  private constructor(options: ReleasesOptions) {
    const { dir, files, clock, readExecutable = readAgentExecutable } = options;
    this.#options = options;
    this.files = files;
    this.#keys = new KeyFiles(join(dir, 'keys'));
    this.#metadata = new MetadataFiles(join(dir, 'metadata'));
    this.#repository = Repository.open({ files: this.#metadata, keys: this.#keys, clock });
    this.#staged = new StagedReleases({ files, clock, readExecutable });
  }

  /** Makes keys and metadata at the first start. @throws AppError STATE_CORRUPT, STATE_UNWRITABLE */
  static open(options: ReleasesOptions): Releases {
    try {
      return new Releases(options);
    } catch (cause) {
      if (isAppError(cause)) throw cause;
      throw new AppError('STATE_UNWRITABLE', `Cannot keep releases in "${options.dir}"`, { cause });
    }
  }

  /** The newest root metadata, as JSON: what an agent has to believe in. */
  get root(): string {
    return JSON.stringify(this.#repository.root.toJSON());
  }

  /** Where the last change stands: it counts, or waits for signatures. */
  get change(): ReleaseChange {
    return this.#repository.change;
  }

  list(): ReleaseList {
    return {
      files: releasesIn(this.#repository.targets),
      keys: this.#repository.describeKeys(),
      unsigned: [...new Set(this.change.needs.map(({ role }) => role))],
    };
  }

  /** What agents can be told to run, newest first. */
  versions(): string[] {
    return versionsIn(this.#repository.targets);
  }

  has(version: string, platform: ReleasePlatform): boolean {
    return Object.hasOwn(this.#repository.targets, executableTargetPath({ version, platform }));
  }

  /** Takes an upload over, if it is an agent. @throws AppError RELEASE_INVALID */
  async stage(upload: ReceivedFile, name: string): Promise<StagedRelease> {
    return await this.#turns.run(async () => await this.#staged.add(upload, name));
  }

  /**
   * Publishes what was staged, all of it at once.
   * @throws AppError RELEASE_EXISTS when a version is there with other content, RELEASE_NOT_FOUND for what was not staged
   */
  publish(hashes: readonly string[], by: string): ReleaseChange {
    const before = this.#repository.resume();
    const note = { publishedAt: new Date(this.#options.clock.now()).toISOString(), publishedBy: by };
    const targets = { ...this.#repository.draftedTargets };
    const countBefore = Object.keys(targets).length;
    for (const sha256 of hashes) {
      const release = this.#staged.get(sha256);
      const { version, platform } = release;
      const there = targets[executableTargetPath(release)]?.hashes['sha256'];
      if (there === sha256) continue;
      if (there !== undefined) throw exists(version, platform);
      for (const target of targetsOf(release, note)) targets[target.path] = target;
    }
    const isNew = Object.keys(targets).length > countBefore;
    const change = isNew ? this.#repository.setTargets(targets) : before;
    for (const sha256 of hashes) this.#staged.forget(sha256);
    return change;
  }

  /** @throws AppError RELEASE_NOT_FOUND, or SERVER_REFUSED while agents are to run it */
  async remove(version: string): Promise<ReleaseChange> {
    await this.#requireUnused([version]);
    this.#repository.resume();
    const targets = Object.entries(this.#repository.draftedTargets);
    const kept = targets.filter(([, { custom }]) => custom['version'] !== version);
    if (kept.length === targets.length)
      throw new AppError('RELEASE_NOT_FOUND', `Version ${version} is not published`);
    const change = this.#repository.setTargets(Object.fromEntries(kept));
    await this.sweep();
    return change;
  }

  /**
   * Takes what was signed elsewhere.
   * @throws AppError RELEASE_UNSIGNED, MESSAGE_INVALID, or SERVER_REFUSED when agents are by now to run what it removes
   */
  async accept(signed: ReleaseDraft): Promise<ReleaseChange> {
    const kept = versionsIn(this.#repository.draftedTargets);
    await this.#requireUnused(this.versions().filter((version) => !kept.includes(version)));
    const change = this.#repository.accept(readDraft(signed));
    await this.sweep();
    return change;
  }

  /** Drops what waits for signatures. */
  async discard(): Promise<void> {
    this.#repository.discard();
    await this.sweep();
  }

  /** Gives roles new keys. */
  rotateKeys(roles: readonly ReleaseRole[]): ReleaseChange {
    return this.#repository.rotate(roles);
  }

  /** Signs the same again with a later end, for roles whose keys are kept elsewhere. */
  extend(roles: readonly ReleaseRole[]): ReleaseChange {
    return this.#repository.extend(roles);
  }

  /** @throws AppError SERVER_REFUSED */
  exportKeys(roles: readonly ReleaseRole[]): ExportedKeys['keys'] {
    return exportKeys(roles, this.#repository.describeKeys(), this.#keys);
  }

  /** @throws AppError SERVER_REFUSED */
  removeKeys(keyIDs: readonly string[]): void {
    removeKeys(keyIDs, this.#repository.describeKeys(), this.#keys);
  }

  /** Signs anew what would end before long, complains of what it cannot sign, and removes files that nobody needs. */
  async maintain(): Promise<void> {
    this.#renew();
    for (const { role, expiresAt } of this.#repository.describeKeys()) {
      if (!isUrgent(role, expiresAt, this.#options.clock.now())) continue;
      const message =
        'Agents will refuse every release after this; sign anew with "commander releases extend"';
      this.#options.log.warn('release.expiring', message, { role, expiresAt });
    }
    await this.sweep();
  }

  /** `timestamp.json`, `3.root.json` and the like; undefined when there is none. */
  metadata(name: string): Buffer | undefined {
    if (name === 'timestamp.json') this.#renew(); // nobody sees what has ended, also after a long sleep of this machine
    return this.#metadata.read(name);
  }

  async #requireUnused(versions: readonly string[]): Promise<void> {
    for (const version of versions) {
      const user = await this.#options.usedBy?.(version);
      if (user === undefined) continue;
      const message = `Version ${version} is what ${user} should run; change that first`;
      throw new AppError('SERVER_REFUSED', message);
    }
  }

  /** What cannot be renewed now is still good for a while. */
  #renew(): void {
    try {
      this.#repository.renew();
    } catch (error) {
      this.#options.log.error('release.renewal-failed', 'Cannot sign the releases anew', { err: error });
    }
  }

  /** A file that agents may have; undefined for any other. */
  pathOf(sha256: string): string | undefined {
    return hashesIn(this.#repository.targets).includes(sha256) ? this.files.pathOf(sha256) : undefined;
  }

  /** Removes files that belong to no release; at start-up also what was left of uploads. */
  async sweep(options: { includeAside?: boolean } = {}): Promise<void> {
    await this.#turns.run(async () => {
      const { targets, draftedTargets } = this.#repository;
      const wanted = [...hashesIn(targets), ...hashesIn(draftedTargets), ...this.#staged.hashes()];
      await this.files.removeExcept(new Set(wanted), options);
    });
  }
}

function exists(version: string, platform: ReleasePlatform): AppError {
  return new AppError(
    'RELEASE_EXISTS',
    `Version ${version} for ${platform} is published with other content; what agents may have must not change, so give it a new version`,
  );
}
