import Type from 'typebox';
import { ByteCount, Sha256, Version } from './common.ts';

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
