import { AppError } from '../../lib/errors.ts';
import type { ReleasePlatform } from '../../protocol/schemas/releases.ts';
import type { AgentRecord } from '../../store/server/agent-store.ts';

/** What has been published. */
export interface PublishedReleases {
  has(version: string, platform: ReleasePlatform): boolean;
}

const OS_PART: Readonly<Record<string, string>> = { Linux: 'linux', Windows: 'win', macOS: 'macos' };
const PLATFORMS: readonly ReleasePlatform[] = [
  'linux-x64',
  'linux-arm64',
  'win-x64',
  'macos-x64',
  'macos-arm64',
];

/**
 * Agents that run the version already need no release of it; of those that have not told what they are nothing is known.
 * @throws AppError RELEASE_NOT_FOUND when one of the others could not get it, or nobody could
 */
export function requirePublished(
  version: string,
  { agents, releases }: { agents: readonly AgentRecord[]; releases: PublishedReleases },
): void {
  const wanted = agents.filter((agent) => agent.revokedAt === undefined && agent.version !== version);
  const platforms = new Set(wanted.map(platformOf).filter((platform) => platform !== undefined));
  const missing = [...platforms].filter((platform) => !releases.has(version, platform));
  if (missing.length > 0)
    throw notPublished(`${version} is not published for ${missing.join(', ')}, which agents here need`);
  const isAnywhere = PLATFORMS.some((platform) => releases.has(version, platform));
  if (!isAnywhere && !agents.some((agent) => agent.version === version))
    throw notPublished(`${version} is not published`);
}

function notPublished(what: string): AppError {
  return new AppError(
    'RELEASE_NOT_FOUND',
    `Version ${what}; publish it first with "commander releases publish"`,
  );
}

function platformOf({ os, arch }: AgentRecord): ReleasePlatform | undefined {
  return PLATFORMS.find((platform) => platform === `${OS_PART[os]}-${arch}`);
}
