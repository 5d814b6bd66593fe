import { join } from 'node:path';
import type { AgentStore } from '../../store/server/agent-store.ts';
import type { GroupStore } from '../../store/server/group-store.ts';
import type { RolloutStore } from '../../store/server/rollout-store.ts';
import { ArchiveFiles } from '../library/archive-files.ts';
import { Releases, type ReleasesOptions } from '../releases/releases.ts';

export interface OpenReleasesOptions extends Pick<ReleasesOptions, 'clock' | 'log'> {
  /** Releases are in its folder `releases`. */
  dataDir: string;
  groups: Pick<GroupStore, 'list'>;
  agents: Pick<AgentStore, 'list'>;
  rollouts: Pick<RolloutStore, 'list'>;
}

/** The releases of a server, none of which can be removed while a group or an agent is to run it, or a rollout gives it out. */
export function openReleases(options: OpenReleasesOptions): Releases {
  const { dataDir, groups, agents, rollouts, clock, log } = options;
  async function usedBy(version: string): Promise<string | undefined> {
    const group = (await groups.list()).find(({ agentVersion }) => agentVersion === version);
    if (group !== undefined) return `group "${group.name}"`;
    const underWay = await rollouts.list({ underWay: true });
    const rollout = underWay.find((one) => one.version === version);
    if (rollout !== undefined) return `group "${rollout.group}", by its rollout,`;
    const agent = (await agents.list()).find(({ pinnedVersion }) => pinnedVersion === version);
    return agent && `agent ${agent.agentID}`;
  }
  const dir = join(dataDir, 'releases');
  const files = new ArchiveFiles(join(dir, 'files'));
  return Releases.open({ dir, files, usedBy, clock, log });
}
