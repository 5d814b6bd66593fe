import { X509Certificate } from 'node:crypto';
import { describeError, isAppError } from '../../lib/errors.ts';
import type { EndpointJob, EndpointStatus } from '../../protocol/endpoint.ts';
import type { UnitState } from '../../protocol/schemas/desired.ts';
import type { Job } from '../../store/agent/job-journal.ts';
import { readAgentStore, type AgentStoreSummary } from '../../store/agent/read-agent-store.ts';
import { describeServices } from './services.ts';
import type { AgentConfig } from '../config/schema.ts';
import { IdentityFolder, type StoredIdentity } from '../enrollment/identity-folder.ts';
import type { AgentHost } from '../host.ts';
import { taskState } from '../schedule/task-state.ts';
import { describeSwitch } from '../update/switch/describe-switch.ts';
import { loadSwitch } from '../update/switch/switch-file.ts';

/** How it stands with the agent of this state folder, whether it runs or not; changes nothing. @throws AppError STATE_CORRUPT */
export function readStatus(
  { stateDir }: AgentConfig,
  { platform, clock }: Pick<AgentHost, 'platform' | 'clock'>,
): EndpointStatus {
  const { identity, problem } = readIdentity(new IdentityFolder({ stateDir, platform }));
  const summary = readAgentStore(stateDir);
  const { held, unreported, recentJobs } = summary;
  return {
    ...stateOf(summary, identity, problem),
    stateDir,
    ...(identity === undefined ? {} : describeIdentity(identity)),
    ...describeUpdate(stateDir),
    jobs: { active: held - unreported, unreported, recent: recentJobs.map(describeJob) },
    units: describeUnits(summary, clock.now()),
    rejected: summary.desired?.problems ?? [],
  };
}

function readIdentity(folder: IdentityFolder): { identity?: StoredIdentity; problem?: string } {
  try {
    const identity = folder.load();
    return identity === undefined ? {} : { identity };
  } catch (error) {
    if (!isAppError(error)) throw error;
    return { problem: describeError(error) };
  }
}

function stateOf(
  { running, connection }: AgentStoreSummary,
  identity: StoredIdentity | undefined,
  problem: string | undefined,
): Pick<EndpointStatus, 'state' | 'problem' | 'pid' | 'version' | 'since' | 'protocol'> {
  if (problem !== undefined) return { state: 'stopped', problem };
  if (identity === undefined) {
    return {
      state: 'not-enrolled',
      problem: 'This endpoint has not been enrolled; run "commander-agent enroll"',
    };
  }
  if (!running) {
    return {
      state: 'stopped',
      problem: 'The agent is not running; start its service, or "commander-agent run"',
    };
  }
  if (connection === undefined) return { state: 'connecting' };
  const { since, ...record } = connection;
  return { ...record, since: new Date(since).toISOString() };
}

function describeIdentity({ agentID, serverUrl, credentials }: StoredIdentity): Partial<EndpointStatus> {
  const { validToDate } = new X509Certificate(credentials.cert);
  return { server: serverUrl, agentID, certificateExpiresAt: validToDate.toISOString() };
}

function describeUpdate(stateDir: string): Pick<EndpointStatus, 'update'> {
  const state = loadSwitch(stateDir);
  if (state === undefined) return {};
  const { pinned, probation, bad } = describeSwitch(state);
  if (pinned === undefined && probation === undefined && bad.length === 0) return {};
  return { update: { ...(pinned && { pinned }), ...(probation && { probation }), bad } };
}

function describeUnits(summary: AgentStoreSummary, now: number): UnitState[] {
  const { desired, schedule } = summary;
  const records = new Map(schedule.map((record) => [record.task, record]));
  return [
    ...(desired?.tasks ?? []).map((spec) => taskState(spec, records.get(spec.name), now)),
    ...describeServices(summary, now),
  ];
}

export function describeJob({ jobID, assignment, phase, phaseTimes, result }: Job): EndpointJob {
  const { accepted } = phaseTimes;
  return {
    jobID,
    filename: assignment.filename,
    phase,
    ...(result === undefined ? {} : { outcome: result.outcome }),
    ...(result?.exitCode === undefined ? {} : { exitCode: result.exitCode }),
    ...(accepted === undefined ? {} : { acceptedAt: new Date(accepted).toISOString() }),
  };
}
