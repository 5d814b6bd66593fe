import type { AgentRecord } from '../../store/server/agent-store.ts';
import type { GroupRecord } from '../../store/server/group-store.ts';

/**
 * Which version of the agent it is to run: its own pin, else what a rollout that is under way has told it, else its group's;
 * any will do when undefined.
 */
export function versionFor(
  { pinnedVersion }: Pick<AgentRecord, 'pinnedVersion'>,
  { group, offered }: { group: Pick<GroupRecord, 'agentVersion'> | undefined; offered: string | undefined },
): string | undefined {
  return pinnedVersion ?? offered ?? group?.agentVersion;
}
