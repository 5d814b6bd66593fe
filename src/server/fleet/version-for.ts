import type { AgentRecord } from '../../store/server/agent-store.ts';
import type { GroupRecord } from '../../store/server/group-store.ts';

/** Which version of the agent it is to run: its own pin, else its group's; any will do when undefined. */
export function versionFor(
  { pinnedVersion }: Pick<AgentRecord, 'pinnedVersion'>,
  group: Pick<GroupRecord, 'agentVersion'> | undefined,
): string | undefined {
  return pinnedVersion ?? group?.agentVersion;
}
