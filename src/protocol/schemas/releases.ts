import Type from 'typebox';
import { ByteCount, Instant, Pem, Sha256, Text, Version } from './common.ts';

/** Executables of the agent are published for these; also a part of each target's path. */
export const ReleasePlatform = Type.Enum(['linux-x64', 'linux-arm64', 'win-x64', 'macos-x64', 'macos-arm64']);
export type ReleasePlatform = Type.Static<typeof ReleasePlatform>;

/** A file cut into blocks whose borders follow its content, so that a change moves only the blocks it touches. */
export const BlockMap = Type.Object({
  /** How the borders were found; another cutting gets another name. */
  cutting: Type.Literal('gear-1'),
  size: ByteCount,
  sha256: Sha256,
  /** In the file's order: length in bytes, and the block's SHA-256 in base64url. */
  blocks: Type.Array(Type.Tuple([Type.Integer({ minimum: 1, maximum: 16_777_216 }), Type.String()])),
});
export type BlockMap = Type.Static<typeof BlockMap>;

/**
 * `custom` of a TUF target. The executable's target path is `<version>/<platform>/commander-agent` (`.exe` on Windows); that of its block
 * map, a target of its own, is `<version>/<platform>/blocks.json`.
 */
export const ReleaseTarget = Type.Object({ version: Version, platform: ReleasePlatform });
export type ReleaseTarget = Type.Static<typeof ReleaseTarget>;

/** `custom` of an executable's target, which also says who published it and when. */
export const ReleaseNote = Type.Object({
  ...ReleaseTarget.properties,
  publishedAt: Instant,
  publishedBy: Text,
});
export type ReleaseNote = Type.Static<typeof ReleaseNote>;

/** One published executable. */
export const ReleaseFile = Type.Object({ ...ReleaseNote.properties, size: ByteCount, sha256: Sha256 });
export type ReleaseFile = Type.Static<typeof ReleaseFile>;

/** A signing key of the releases; `root` and `targets` may be kept away from the server. */
export const ReleaseRole = Type.Enum(['root', 'targets', 'snapshot', 'timestamp']);
export type ReleaseRole = Type.Static<typeof ReleaseRole>;

export const ReleaseKey = Type.Object({
  role: ReleaseRole,
  keyID: Sha256,
  /** Whether the server has it and signs by itself. */
  onServer: Type.Boolean(),
  /** When what it signed last ends. */
  expiresAt: Instant,
});
export type ReleaseKey = Type.Static<typeof ReleaseKey>;

/** GET /admin/releases, newest version first. */
export const ReleaseList = Type.Object({
  files: Type.Array(ReleaseFile),
  keys: Type.Array(ReleaseKey),
  /** Roles whose keys have yet to sign before the last change counts. */
  unsigned: Type.Array(ReleaseRole),
});
export type ReleaseList = Type.Static<typeof ReleaseList>;

/** POST /admin/releases/files: an executable that has been looked at and waits to be published. */
export const StagedRelease = Type.Object({ ...ReleaseTarget.properties, size: ByteCount, sha256: Sha256 });
export type StagedRelease = Type.Static<typeof StagedRelease>;

/** POST /admin/releases: publishes what was staged, all at once. */
export const PublishRequest = Type.Object({ files: Type.Array(Sha256, { minItems: 1, maxItems: 100 }) });
export type PublishRequest = Type.Static<typeof PublishRequest>;

/** TUF metadata as it stands in its file; the fields that matter here. */
export const SignedMetadata = Type.Object({
  signatures: Type.Array(Type.Object({ keyid: Text, sig: Text })),
  signed: Type.Object({ _type: Text, version: Type.Integer({ minimum: 1 }), expires: Text }),
});
export type SignedMetadata = Type.Static<typeof SignedMetadata>;

/** What waits for signatures: the next root metadata, the next targets metadata, or both, which then count together. */
export const ReleaseDraft = Type.Object({
  root: Type.Optional(SignedMetadata),
  targets: Type.Optional(SignedMetadata),
});
export type ReleaseDraft = Type.Static<typeof ReleaseDraft>;

/** Of each change: it counts, or `draft` must be signed elsewhere first, by `needs`. */
export const ReleaseChange = Type.Object({
  draft: Type.Optional(ReleaseDraft),
  needs: Type.Array(Type.Object({ role: ReleaseRole, keyID: Text })),
});
export type ReleaseChange = Type.Static<typeof ReleaseChange>;

export const RoleRequest = Type.Object({ roles: Type.Array(ReleaseRole, { minItems: 1, maxItems: 4 }) });
export type RoleRequest = Type.Static<typeof RoleRequest>;

/** POST /admin/releases/keys/export. */
export const ExportedKeys = Type.Object({
  keys: Type.Array(Type.Object({ role: ReleaseRole, keyID: Sha256, privateKey: Pem })),
});
export type ExportedKeys = Type.Static<typeof ExportedKeys>;

/** DELETE /admin/releases/keys: they have been exported and are safe elsewhere. */
export const ForgetKeysRequest = Type.Object({ keyIDs: Type.Array(Sha256, { minItems: 1, maxItems: 4 }) });
export type ForgetKeysRequest = Type.Static<typeof ForgetKeysRequest>;
