import type { AgentStatus, AgentView, LastUpdate } from '../../protocol/schemas/admin/fleet.ts';
import type { AgentRecord } from '../../store/server/agent-store.ts';
import type { JobRecord } from '../../store/server/job-store.ts';

export interface LiveFacts {
  connected: boolean;
  pendingJobs: number;
  /** What it should run. */
  agentVersion: string | undefined;
}

export function viewAgent(
  agent: AgentRecord,
  { connected, pendingJobs, agentVersion }: LiveFacts,
): AgentView {
  const { agentID, hostname, os, arch, version, protocol, group, pinnedVersion } = agent;
  return {
    agentID,
    hostname,
    os,
    ...(arch === undefined ? {} : { arch }),
    ...(version === undefined ? {} : { version }),
    ...(protocol === undefined ? {} : { protocol }),
    connected,
    enrolledAt: formatInstant(agent.enrolledAt),
    ...instant('lastSeenAt', agent.lastSeenAt),
    ...instant('certificateExpiresAt', agent.certificateExpiresAt),
    ...instant('revokedAt', agent.revokedAt),
    pendingJobs,
    group,
    ...(agentVersion === undefined ? {} : { agentVersion }),
    ...(pinnedVersion === undefined ? {} : { pinnedVersion }),
  };
}

export function statusOf({ connected, revokedAt }: AgentView): AgentStatus {
  if (revokedAt !== undefined) return 'revoked';
  return connected ? 'connected' : 'away';
}

/** Whether it is to run another version than it does. */
export function isOutdated({ version, agentVersion, revokedAt }: AgentView): boolean {
  return revokedAt === undefined && agentVersion !== undefined && version !== agentVersion;
}

/** Nothing of a job that is no update, or has not ended. */
export function viewUpdate({ jobID, assignment, finishedAt, result }: JobRecord): LastUpdate | undefined {
  const { origin } = assignment;
  if (origin === undefined || !('updateTo' in origin)) return undefined;
  if (result === undefined || finishedAt === undefined) return undefined;
  const { outcome, reason } = result;
  return {
    jobID,
    version: origin.updateTo,
    outcome,
    ...(reason === undefined ? {} : { reason }),
    finishedAt: formatInstant(finishedAt),
  };
}

export function formatInstant(ms: number): string {
  return new Date(ms).toISOString();
}

function instant<Name extends string>(name: Name, ms: number | undefined): Partial<Record<Name, string>> {
  return ms === undefined ? {} : ({ [name]: formatInstant(ms) } as Record<Name, string>);
}
