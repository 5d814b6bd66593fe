import { AppError } from '../../lib/errors.ts';
import type { ReleasePlatform } from '../../protocol/schemas/releases.ts';
import type { AgentRecord } from '../../store/server/agent-store.ts';

/** What has been published. */
export interface PublishedReleases {
  has(version: string, platform: ReleasePlatform): boolean;
}

const OS_PART: Readonly<Record<string, string>> = { Linux: 'linux', Windows: 'win', macOS: 'macos' };
const PLATFORMS: readonly string[] = [
  'linux-x64',
  'linux-arm64',
  'win-x64',
  'macos-x64',
  'macos-arm64',
] satisfies ReleasePlatform[];

/**
 * Agents that run the version already need no release of it; of those that have not told what they are nothing is known.
 * @throws AppError RELEASE_NOT_FOUND when one of the others could not get it
 */
export function requirePublished(
  version: string,
  { agents, releases }: { agents: readonly AgentRecord[]; releases: PublishedReleases },
): void {
  const wanted = agents.filter((agent) => agent.revokedAt === undefined && agent.version !== version);
  const platforms = new Set(wanted.map(platformOf).filter((platform) => platform !== undefined));
  const missing = [...platforms].filter((platform) => !releases.has(version, platform));
  if (missing.length === 0) return;
  throw new AppError(
    'RELEASE_NOT_FOUND',
    `Version ${version} is not published for ${missing.join(', ')}, which agents here need; publish it first with "commander releases publish"`,
  );
}

function platformOf({ os, arch }: AgentRecord): ReleasePlatform | undefined {
  const platform = `${OS_PART[os]}-${arch}`;
  return PLATFORMS.includes(platform) ? (platform as ReleasePlatform) : undefined;
}
