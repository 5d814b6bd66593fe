import {
  Metadata,
  MetadataKind,
  type Root,
  type Snapshot,
  type Targets,
  type Timestamp,
} from '@tufjs/models';
import { AppError } from '../../lib/errors.ts';
import type { KeyFiles } from './key-files.ts';
import type { MetadataFiles } from './metadata-files.ts';
import {
  makeRoot,
  makeSnapshot,
  makeTargets,
  makeTimestamp,
  recordOfRoles,
  roleKeysOf,
  serialize,
} from './next-metadata.ts';

/** What agents are given. */
export interface Published {
  readonly root: Metadata<Root>;
  readonly targets: Metadata<Targets>;
  readonly snapshot: Metadata<Snapshot>;
  readonly timestamp: Metadata<Timestamp>;
}

/** Where it goes, whose keys sign it, and when. */
export interface Publishing {
  files: MetadataFiles;
  keys: KeyFiles;
  nowMs: number;
}

/** The versions that agents may have seen last; what they are given next must be newer. */
interface Seen {
  snapshot: number;
  timestamp: number;
}

/** Makes a key for each role, and metadata without any release. */
export function publishNothing(publishing: Publishing): Published {
  const { keys, nowMs } = publishing;
  const roleKeys = recordOfRoles(() => keys.make());
  const root = makeRoot(roleKeys, { version: 1, nowMs });
  const targets = makeTargets({}, { version: 1, nowMs });
  keys.sign(root, roleKeys.root.keyID);
  keys.sign(targets, roleKeys.targets.keyID);
  return publish(publishing, { root, targets }, { snapshot: 0, timestamp: 0 });
}

/**
 * Publishes root and targets metadata that all have signed, under a new snapshot and timestamp. The root comes last: where there is
 * none yet, nothing has begun.
 */
export function publish(
  publishing: Publishing,
  { root, targets }: Pick<Published, 'root' | 'targets'>,
  seen: Seen,
): Published {
  const { files, keys, nowMs } = publishing;
  requireOwnKeys(keys, root);
  const snapshot = makeSnapshot(targets, { version: seen.snapshot + 1, nowMs });
  keys.sign(snapshot, roleKeysOf(root).snapshot.keyID);
  files.write(`${targets.signed.version}.targets.json`, serialize(targets));
  files.write(`${snapshot.signed.version}.snapshot.json`, serialize(snapshot));
  const timestamp = publishTimestamp(publishing, { root, snapshot }, seen);
  files.write(`${root.signed.version}.root.json`, serialize(root));
  return { root, targets, snapshot, timestamp };
}

export function publishTimestamp(
  { files, keys, nowMs }: Publishing,
  { root, snapshot }: Pick<Published, 'root' | 'snapshot'>,
  seen: Pick<Seen, 'timestamp'>,
): Metadata<Timestamp> {
  requireOwnKeys(keys, root);
  const timestamp = makeTimestamp(snapshot, { version: seen.timestamp + 1, nowMs });
  keys.sign(timestamp, roleKeysOf(root).timestamp.keyID);
  files.write('timestamp.json', serialize(timestamp));
  return timestamp;
}

/** Without the two keys that are never kept elsewhere nothing can be published. @throws AppError STATE_CORRUPT */
export function requireOwnKeys(keys: KeyFiles, root: Metadata<Root>): void {
  for (const role of ['snapshot', 'timestamp'] as const) {
    const { keyID } = roleKeysOf(root)[role];
    if (keys.find(keyID) !== undefined) continue;
    throw new AppError(
      'STATE_CORRUPT',
      `The "${role}" key ${keyID} is missing; restore it from a backup, or replace it with "commander releases keys rotate --role ${role}"`,
    );
  }
}

/** @throws AppError STATE_CORRUPT */
export function loadPublished(files: MetadataFiles): Published {
  try {
    const root = Metadata.fromJSON(MetadataKind.Root, read(files, `${files.latestRoot()}.root.json`));
    const timestamp = Metadata.fromJSON(MetadataKind.Timestamp, read(files, 'timestamp.json'));
    const { version } = timestamp.signed.snapshotMeta;
    const snapshot = Metadata.fromJSON(MetadataKind.Snapshot, read(files, `${version}.snapshot.json`));
    const targetsVersion = snapshot.signed.meta['targets.json']?.version;
    const targets = Metadata.fromJSON(MetadataKind.Targets, read(files, `${targetsVersion}.targets.json`));
    return { root, targets, snapshot, timestamp };
  } catch (cause) {
    // Never made afresh by itself: no agent would believe in the new one.
    throw new AppError(
      'STATE_CORRUPT',
      `The metadata of the releases in "${files.dir}" cannot be read; restore the folder from a backup`,
      { cause },
    );
  }
}

function read(files: MetadataFiles, name: string): Parameters<typeof Metadata.fromJSON>[1] {
  const text = files.read(name)?.toString();
  if (text === undefined) throw new Error(`"${name}" is missing`);
  return JSON.parse(text) as Parameters<typeof Metadata.fromJSON>[1];
}
