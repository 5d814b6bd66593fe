import { createHash, generateKeyPairSync, sign, type KeyObject } from 'node:crypto';
import {
  Key,
  Metadata,
  MetaFile,
  Root,
  Signature,
  Snapshot,
  TargetFile,
  Targets,
  Timestamp,
} from '@tufjs/models';
import { ROLES, type Role } from '../../src/agent/update/trust/kept-metadata.ts';
import { blocksTargetPath, executableTargetPath } from '../../src/protocol/release-paths.ts';
import type { ReleaseTarget } from '../../src/protocol/schemas/releases.ts';
import { cutBytes } from './cut-bytes.ts';

interface SigningKey {
  readonly key: Key;
  readonly privateKey: KeyObject;
}

const DAY_MS = 86_400_000;

/** A server's releases with all of their keys, so that a test can sign what an attacker could, and what none could. */
export class ReleaseRepository {
  /** By their names: `1.root.json`, `timestamp.json`. */
  readonly metadata = new Map<string, Buffer>();
  /** By their SHA-256. */
  readonly files = new Map<string, Buffer>();
  readonly keys: Record<Role, SigningKey> = {
    root: makeKey(),
    timestamp: makeKey(),
    snapshot: makeKey(),
    targets: makeKey(),
  };
  readonly versions: Record<Role, number> = { root: 0, timestamp: 0, snapshot: 0, targets: 0 };
  /** Days from now. */
  readonly expiresIn: Record<Role, number> = { root: 365, timestamp: 3, snapshot: 3, targets: 365 };
  #targets: Record<string, TargetFile> = {};

  constructor() {
    this.signRoot();
    this.publish();
  }

  get firstRoot(): string {
    return String(this.metadata.get('1.root.json'));
  }

  async add(release: ReleaseTarget, content: Uint8Array, custom: object = release): Promise<void> {
    const blockMap = await cutBytes(content);
    this.addTarget(executableTargetPath(release), content, custom);
    this.addTarget(blocksTargetPath(release), Buffer.from(JSON.stringify(blockMap)), custom);
    this.publish();
  }

  addTarget(path: string, content: Uint8Array, custom: object): void {
    const sha256 = hashOf(content);
    this.files.set(sha256, Buffer.from(content));
    const unrecognizedFields = { custom: { ...custom } };
    this.#targets[path] = new TargetFile({
      path,
      length: content.length,
      hashes: { sha256 },
      unrecognizedFields,
    });
  }

  /** Signs targets, snapshot and timestamp anew. */
  publish(): void {
    this.#publish(new Targets({ ...this.#next('targets'), targets: this.#targets }));
  }

  #publish(targets: Targets, more: Record<string, MetaFile> = {}): void {
    const meta = { 'targets.json': this.#put('targets', targets), ...more };
    const snapshot = new Snapshot({ ...this.#next('snapshot'), meta });
    const snapshotMeta = this.#put('snapshot', snapshot);
    this.#put('timestamp', new Timestamp({ ...this.#next('timestamp'), snapshotMeta }));
  }

  /** Leaves the say over every release to somebody else, who publishes this one. What the targets key can do, if it is let. */
  async delegate(release: ReleaseTarget, content: Uint8Array): Promise<void> {
    const own = this.#targets;
    this.#targets = {};
    await this.add(release, content);
    const other = makeKey();
    const version = this.versions.targets + 1;
    const theirs = this.#sign(new Targets({ ...this.#next('targets'), targets: this.#targets }), [other]);
    const described = metaOf(theirs, version);
    this.metadata.set(`${version}.other.json`, theirs);
    this.#targets = own;
    const { keyID } = other.key;
    const role = { name: 'other', keyids: [keyID], threshold: 1, terminating: false, paths: ['*/*/*'] };
    const targets = Targets.fromJSON({
      ...new Targets({ ...this.#next('targets'), targets: own }).toJSON(),
      delegations: { keys: { [keyID]: other.key.toJSON() }, roles: [role] },
    });
    this.#publish(targets, { 'other.json': described });
  }

  /** Another root; also signed by `signers`, by default the key of the root before. */
  signRoot(signers: readonly SigningKey[] = []): void {
    const root = new Root({ ...this.#next('root'), consistentSnapshot: true });
    for (const role of ROLES) root.addKey(this.keys[role].key, role);
    this.#put('root', root, signers);
  }

  /** Gives a role another key; the root that says so is signed by the old and the new one. */
  rotate(role: Role): void {
    const oldRoot = this.keys.root;
    this.keys[role] = makeKey();
    this.signRoot([oldRoot]);
    this.publish();
  }

  /** All that is served, to go back to. */
  snapshot(): Map<string, Buffer> {
    return new Map(this.metadata);
  }

  restore(metadata: ReadonlyMap<string, Buffer>): void {
    this.metadata.clear();
    for (const [name, bytes] of metadata) this.metadata.set(name, bytes);
  }

  /** The honest owner is back, and goes on from whatever agents may have seen. */
  takeOver({ keys, expiresIn }: Pick<ReleaseRepository, 'keys' | 'expiresIn'>): void {
    Object.assign(this.keys, keys);
    Object.assign(this.expiresIn, expiresIn);
    for (const role of ROLES) this.versions[role] += 10;
    this.versions.root = 1;
    this.signRoot();
    this.signRoot();
  }

  #next(role: Role): { version: number; specVersion: string; expires: string } {
    this.versions[role] += 1;
    const expires = new Date(Date.now() + this.expiresIn[role] * DAY_MS).toISOString().slice(0, 19);
    return { version: this.versions[role], specVersion: '1.0', expires: `${expires}Z` };
  }

  #put(
    role: Role,
    signed: Root | Targets | Snapshot | Timestamp,
    more: readonly SigningKey[] = [],
  ): MetaFile {
    const bytes = this.#sign(signed, [this.keys[role], ...more]);
    const { version } = signed;
    this.metadata.set(role === 'timestamp' ? 'timestamp.json' : `${version}.${role}.json`, bytes);
    return metaOf(bytes, version);
  }

  #sign(signed: Root | Targets | Snapshot | Timestamp, keys: readonly SigningKey[]): Buffer {
    const metadata = new Metadata(signed);
    for (const { key, privateKey } of keys) {
      metadata.sign(
        (data) => new Signature({ keyID: key.keyID, sig: sign(null, data, privateKey).toString('hex') }),
      );
    }
    return Buffer.from(JSON.stringify(metadata.toJSON()));
  }
}

function metaOf(bytes: Uint8Array, version: number): MetaFile {
  return new MetaFile({ version, length: bytes.length, hashes: { sha256: hashOf(bytes) } });
}

export function makeKey(): SigningKey {
  const { publicKey, privateKey } = generateKeyPairSync('ed25519');
  const raw = publicKey.export({ type: 'spki', format: 'der' }).subarray(-32).toString('hex');
  const keyVal = { public: raw };
  const key = new Key({ keyID: hashOf(Buffer.from(raw)), keyType: 'ed25519', scheme: 'ed25519', keyVal });
  return { key, privateKey };
}

export function hashOf(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex');
}
