import type { Metadata, Root } from '@tufjs/models';
import type { Clock } from '../../lib/clock.ts';
import { readDraft, writeDraft, type Draft } from '../../protocol/release-signing.ts';
import { validateReleaseDraft } from '../../protocol/generated/releases.js';
import type { ReleaseChange, ReleaseKey, ReleaseRole } from '../../protocol/schemas/releases.ts';
import { parseJson } from '../../protocol/validate.ts';
import type { KeyFiles } from './key-files.ts';
import { isDue } from './lifetimes.ts';
import type { MetadataFiles } from './metadata-files.ts';
import { neededSignatures, signersOf, takeSignatures } from './needed-signatures.ts';
import {
  makeRoot,
  makeTargets,
  recordOfRoles,
  roleKeysOf,
  ROLES,
  type TargetFiles,
} from './next-metadata.ts';
import {
  loadPublished,
  publish,
  publishNothing,
  publishTimestamp,
  requireOwnKeys,
  type Published,
} from './published-metadata.ts';

export interface RepositoryOptions {
  files: MetadataFiles;
  keys: KeyFiles;
  clock: Clock;
}

/**
 * The TUF repository. A change is a draft of the next root or targets metadata: the server signs it with the keys that it has, and
 * once no signature is missing it is published; until then it waits. A draft is on disk before anything that agents see
 * changes, and the next start goes on with it, so that a power cut leaves a change undone or done.
 */
export class Repository {
  readonly #options: RepositoryOptions;
  #published: Published;
  #draft: Draft = {};

  private constructor(options: RepositoryOptions, published: Published) {
    this.#options = options;
    this.#published = published;
  }

  /** Makes the keys at the first start. @throws AppError STATE_CORRUPT */
  static open(options: RepositoryOptions): Repository {
    const { files, clock } = options;
    const isNew = files.latestRoot() === 0;
    const published = isNew ? publishNothing({ ...options, nowMs: clock.now() }) : loadPublished(files);
    const repository = new Repository(options, published);
    const text = files.readDraft();
    if (text !== undefined) {
      const what = `The draft of releases in "${files.dir}"`;
      repository.#settle(readDraft(parseJson(validateReleaseDraft, text, what, 'STATE_CORRUPT')));
    }
    return repository;
  }

  get root(): Metadata<Root> {
    return this.#published.root;
  }

  get targets(): TargetFiles {
    return this.#published.targets.signed.targets;
  }

  /** As they will be when all have signed. */
  get draftedTargets(): TargetFiles {
    return (this.#draft.targets ?? this.#published.targets).signed.targets;
  }

  /** Where the last change stands. */
  get change(): ReleaseChange {
    const needs = neededSignatures(this.#draft, this.root);
    return needs.length === 0 ? { needs } : { needs, draft: writeDraft(this.#draft) };
  }

  describeKeys(): ReleaseKey[] {
    const keys = roleKeysOf(this.root);
    return ROLES.map((role) => {
      const { keyID } = keys[role];
      return { role, keyID, onServer: this.#has(role), expiresAt: this.#published[role].signed.expires };
    });
  }

  /** Goes on with a change that has all its signatures and could not be written, as when the disk was full. */
  resume(): ReleaseChange {
    const isStopped = this.#hasDraft && this.change.needs.length === 0;
    return isStopped ? this.#settle(this.#draft) : this.change;
  }

  setTargets(targets: TargetFiles): ReleaseChange {
    return this.#settle({ ...this.#draft, targets: makeTargets(targets, this.#after('targets')) });
  }

  /** Signs the same again with a later end. */
  extend(roles: readonly ReleaseRole[]): ReleaseChange {
    const keys = roleKeysOf(this.#draft.root ?? this.root);
    return this.#settle({
      ...this.#draft,
      ...(roles.includes('root') && { root: makeRoot(keys, this.#after('root')) }),
      ...(roles.includes('targets') && { targets: makeTargets(this.draftedTargets, this.#after('targets')) }),
    });
  }

  /** Gives roles keys that are made here; what the old ones signed is signed again. */
  rotate(roles: readonly ReleaseRole[]): ReleaseChange {
    const before = roleKeysOf(this.#draft.root ?? this.root);
    const keys = recordOfRoles((role) => (roles.includes(role) ? this.#options.keys.make() : before[role]));
    const targets = makeTargets(this.draftedTargets, this.#after('targets'));
    return this.#settle({
      ...this.#draft,
      root: makeRoot(keys, this.#after('root')),
      ...(roles.includes('targets') && { targets }),
    });
  }

  /** Takes what was signed elsewhere. @throws AppError RELEASE_UNSIGNED */
  accept(signed: Draft): ReleaseChange {
    takeSignatures(this.#draft, signed, this.root);
    return this.#settle(this.#draft);
  }

  /** Drops what waits for signatures. */
  discard(): void {
    this.#draft = {};
    this.#options.files.removeDraft();
    this.#removeOldKeys();
  }

  /** Signs anew what ends before long, as far as the keys are here and nothing waits for others. */
  renew(): void {
    this.resume();
    const due = this.#due();
    if (due.length === 0) return;
    const own = due.filter((role) => (role === 'root' || role === 'targets') && this.#has(role));
    if (own.length > 0 && !this.#hasDraft) this.extend(own);
    else if (due.includes('snapshot')) this.#publish({});
    if (this.#due().includes('timestamp')) this.#renewTimestamp();
  }

  #due(): ReleaseRole[] {
    const nowMs = this.#options.clock.now();
    return ROLES.filter((role) => isDue(role, this.#published[role].signed.expires, nowMs));
  }

  #settle(draft: Draft): ReleaseChange {
    const { files, keys } = this.#options;
    requireOwnKeys(keys, draft.root ?? this.root); // before the draft is on disk, where the next start would find it
    for (const { role, keyID } of signersOf(draft, this.root)) {
      const part = draft[role];
      if (part !== undefined) keys.sign(part, keyID);
    }
    files.writeDraft(writeDraft(draft));
    this.#draft = draft;
    if (neededSignatures(draft, this.root).length === 0) {
      this.#publish(draft);
      this.discard();
    }
    return this.change;
  }

  #publish(draft: Draft): void {
    const { root, targets } = this.#published;
    const { snapshot, timestamp } = loadPublished(this.#options.files); // newer than ours, if writing stopped half-way before
    const seen = { snapshot: snapshot.signed.version, timestamp: timestamp.signed.version };
    this.#published = publish(this.#publishing, { root, targets, ...draft }, seen);
  }

  #renewTimestamp(): void {
    const { version } = this.#published.timestamp.signed;
    const timestamp = publishTimestamp(this.#publishing, this.#published, { timestamp: version });
    this.#published = { ...this.#published, timestamp };
  }

  get #hasDraft(): boolean {
    return Object.keys(this.#draft).length > 0;
  }

  #removeOldKeys(): void {
    const kept = Object.values(roleKeysOf(this.root)).map(({ keyID }) => keyID);
    this.#options.keys.removeExcept(new Set(kept));
  }

  #has(role: ReleaseRole): boolean {
    return this.#options.keys.find(roleKeysOf(this.root)[role].keyID) !== undefined;
  }

  #after(role: 'root' | 'targets'): { version: number; nowMs: number } {
    return { version: this.#published[role].signed.version + 1, nowMs: this.#options.clock.now() };
  }

  get #publishing() {
    return { ...this.#options, nowMs: this.#options.clock.now() };
  }
}
