import Type from 'typebox';
import { ByteCount, Instant, OptionalText, Sha256, Text } from '../common.ts';

/** A file that installs the agent, or the agent itself; what its name says of it, and what was found when it came. */
export const InstallerView = Type.Object({
  name: Type.String({ pattern: '^[\\w.+~-]+$' }),
  os: Type.Enum(['linux', 'windows', 'macos']),
  arch: Type.Enum(['x64', 'arm64', 'universal']),
  format: Type.Enum(['deb', 'rpm', 'msi', 'pkg', 'executable']),
  version: OptionalText,
  size: ByteCount,
  sha256: Sha256,
  addedAt: Instant,
  addedBy: Text,
});
export type InstallerView = Type.Static<typeof InstallerView>;

export const InstallerList = Type.Object({ installers: Type.Array(InstallerView) });
export type InstallerList = Type.Static<typeof InstallerList>;
