import { join } from 'node:path';
import { VERSION } from '../../lib/build-info.ts';
import { AppError } from '../../lib/errors.ts';
import { RequestFiles } from '../../lib/request-files.ts';
import type { EndpointUpdate, UpdateAnswer, UpdateOrder } from '../../protocol/endpoint.ts';
import { updateOf } from '../../protocol/update-origin.ts';
import { readAgentStore } from '../../store/agent/read-agent-store.ts';
import { describeJob } from './status.ts';
import type { AgentConfig } from '../config/schema.ts';
import type { AgentHost } from '../host.ts';
import { describeSwitch } from '../update/switch/describe-switch.ts';
import { changeSwitch, stateOf } from '../update/switch/switch-file.ts';
import { pinnedTo, unpinned, type SwitchState } from '../update/switch/switch-state.ts';

/** For a running agent to take the request up. */
const PATIENCE_MS = 5_000;
const LOOK_MS = 20;
const JOBS_LOOKED_AT = 1_000;
const JOBS_SHOWN = 5;

/** What people at this endpoint ask of its updater. */
export function updateRequests({ stateDir }: Pick<AgentConfig, 'stateDir'>): RequestFiles {
  return new RequestFiles(join(stateDir, 'update-requests'));
}

/** Which version this endpoint runs and why, whether the agent runs or not; changes nothing. @throws AppError STATE_CORRUPT */
export function readUpdate({ stateDir }: Pick<AgentConfig, 'stateDir'>): EndpointUpdate {
  const { desired, recentJobs } = readAgentStore(stateDir, { jobLimit: JOBS_LOOKED_AT });
  return {
    ...describeSwitch(stateOf({ stateDir, own: VERSION })),
    ...(desired?.agentVersion === undefined ? {} : { wanted: desired.agentVersion }),
    jobs: recentJobs
      .filter(({ assignment }) => updateOf(assignment) !== undefined)
      .slice(0, JOBS_SHOWN)
      .map((job) => ({ ...describeJob(job), version: updateOf(job.assignment)?.updateTo ?? '' })),
  };
}

/**
 * Has the agent that runs, or the next one that does, look which version it is to run.
 * @throws AppError RELEASE_NOT_FOUND when there is no way back, STATE_UNWRITABLE
 */
export async function orderUpdate(
  { stateDir }: Pick<AgentConfig, 'stateDir'>,
  order: UpdateOrder,
  { clock }: Pick<AgentHost, 'clock'>,
): Promise<UpdateAnswer> {
  const name = requestOf(stateDir, order);
  const requests = updateRequests({ stateDir });
  requests.ask(name);
  if (!readAgentStore(stateDir).running) return { isTaken: false };
  const deadline = clock.monotonic() + PATIENCE_MS;
  while (!requests.isTaken(name) && clock.monotonic() < deadline) await clock.sleep(LOOK_MS);
  return { isTaken: requests.isTaken(name) };
}

function requestOf(stateDir: string, order: UpdateOrder): 'check' | 'retry' | 'rollback' {
  const place = { stateDir, own: VERSION };
  switch (order.kind) {
    case 'check':
      return order.retry ? 'retry' : 'check';
    case 'rollback':
      requireWayBack(stateOf(place));
      return 'rollback';
    case 'pin': {
      changeSwitch(place, (state) => pinnedTo(state, order.version ?? state.current));
      return 'check';
    }
    case 'unpin': {
      changeSwitch(place, unpinned);
      return 'check';
    }
  }
}

function requireWayBack({ current, previous, probation, bad }: SwitchState): void {
  if (probation !== undefined || (previous !== undefined && bad[previous] === undefined)) return;
  const why = previous === undefined ? 'there is no version before it' : `${previous} has failed here`;
  throw new AppError('RELEASE_NOT_FOUND', `Cannot go back from version ${current}: ${why}`);
}
