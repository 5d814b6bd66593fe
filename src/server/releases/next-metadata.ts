import { createHash } from 'node:crypto';
import {
  MetaFile,
  Metadata,
  Root,
  Snapshot,
  Targets,
  Timestamp,
  type Key,
  type TargetFile,
} from '@tufjs/models';
import type { ReleaseRole } from '../../protocol/schemas/releases.ts';
import { expiryOf } from './lifetimes.ts';

const SPEC_VERSION = '1.0.31';

export const ROLES: readonly ReleaseRole[] = ['root', 'targets', 'snapshot', 'timestamp'];

/** One key each: more would need people to sign together, which nobody has asked for. */
export type RoleKeys = Readonly<Record<ReleaseRole, Key>>;

/** By target path. */
export type TargetFiles = Readonly<Record<string, TargetFile>>;

interface Next {
  version: number;
  nowMs: number;
}

export function makeRoot(keys: RoleKeys, next: Next): Metadata<Root> {
  const root = new Root({ ...common('root', next), consistentSnapshot: true });
  for (const role of ROLES) root.addKey(keys[role], role);
  return new Metadata(root);
}

export function roleKeysOf({ signed }: Metadata<Root>): RoleKeys {
  return recordOfRoles((role) => {
    const key = signed.keys[signed.roles[role]?.keyIDs[0] ?? ''];
    if (key === undefined) throw new Error(`The root metadata has no key for "${role}"`);
    return key;
  });
}

export function makeTargets(targets: TargetFiles, next: Next): Metadata<Targets> {
  return new Metadata(new Targets({ ...common('targets', next), targets: { ...targets } }));
}

export function makeSnapshot(targets: Metadata<Targets>, next: Next): Metadata<Snapshot> {
  const meta = { 'targets.json': describe(targets) };
  return new Metadata(new Snapshot({ ...common('snapshot', next), meta }));
}

export function makeTimestamp(snapshot: Metadata<Snapshot>, next: Next): Metadata<Timestamp> {
  return new Metadata(new Timestamp({ ...common('timestamp', next), snapshotMeta: describe(snapshot) }));
}

/** The bytes that are kept and served, whose hash stands in other metadata. */
export function serialize(metadata: { toJSON(): object }): Buffer {
  return Buffer.from(JSON.stringify(metadata.toJSON()));
}

export function recordOfRoles<T>(valueOf: (role: ReleaseRole) => T): Record<ReleaseRole, T> {
  return Object.fromEntries(ROLES.map((role) => [role, valueOf(role)])) as Record<ReleaseRole, T>;
}

function describe(metadata: Metadata<Targets> | Metadata<Snapshot>): MetaFile {
  const bytes = serialize(metadata);
  const sha256 = createHash('sha256').update(bytes).digest('hex');
  return new MetaFile({ version: metadata.signed.version, length: bytes.length, hashes: { sha256 } });
}

function common(role: ReleaseRole, { version, nowMs }: Next) {
  return { specVersion: SPEC_VERSION, version, expires: expiryOf(role, nowMs) };
}
