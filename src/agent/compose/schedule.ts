import { AppError } from '../../lib/errors.ts';
import type { EndpointTask } from '../../protocol/endpoint.ts';
import { readAgentStore } from '../../store/agent/read-agent-store.ts';
import type { AgentConfig } from '../config/schema.ts';
import { IdentityFolder } from '../enrollment/identity-folder.ts';
import type { AgentHost } from '../host.ts';
import { explainTask } from '../schedule/explain-task.ts';

/**
 * The tasks that the agent of this state folder keeps, whether it runs or not; changes nothing.
 * @throws AppError NOT_ENROLLED or STATE_CORRUPT
 */
export async function readSchedule(
  { stateDir }: AgentConfig,
  { platform, clock }: Pick<AgentHost, 'platform' | 'clock'>,
): Promise<EndpointTask[]> {
  const agentID = new IdentityFolder({ stateDir, platform }).load()?.agentID;
  if (agentID === undefined) throw new AppError('NOT_ENROLLED', `There is no identity in "${stateDir}"`);
  const { desired, schedule } = readAgentStore(stateDir);
  const records = new Map(schedule.map((record) => [record.task, record]));
  const now = clock.now();
  return await Promise.all(
    (desired?.tasks ?? []).map(
      async (spec) => await explainTask(spec, { agentID, record: records.get(spec.name), now }),
    ),
  );
}
