import type { ArchiveLimits } from '../../lib/archive/archive-types.ts';
import { DEFAULT_ARCHIVE_LIMITS } from '../../lib/archive/archive.ts';
import type { AgentConfig } from './schema.ts';

/** What any server may use here; undefined allows every executor. */
export function allowedExecutors({ jobs: { executors } }: AgentConfig): readonly string[] | undefined {
  return executors.includes('*') ? undefined : executors;
}

/** For what is unpacked here, jobs and services alike. */
export function archiveLimits({ jobs: { archive } }: AgentConfig): ArchiveLimits {
  const { maxEntries, maxTotalBytes, maxFileBytes, maxRatio } = archive;
  return { ...DEFAULT_ARCHIVE_LIMITS, maxEntries, maxTotalBytes, maxFileBytes, maxRatio };
}

/** How a version on probation is judged; milliseconds. */
export function probationLimits({ update }: Pick<AgentConfig, 'update'>) {
  return {
    probationMs: update.probationSeconds * 1000,
    hangMs: update.hangSeconds * 1000,
    checkinMs: update.checkinSeconds * 1000,
  };
}
