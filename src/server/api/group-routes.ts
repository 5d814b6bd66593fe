import type { FastifyInstance } from 'fastify';
import {
  validateAgentChange,
  validateGroupRequest,
  validateGroupVersion,
} from '../../protocol/generated/admin/fleet.js';
import type { GroupList } from '../../protocol/schemas/admin/fleet.ts';
import { parse } from '../../protocol/validate.ts';
import { PATHS } from '../../protocol/version.ts';
import type { Services } from '../compose/services.ts';
import type { AdminGuard } from './admin-guard.ts';
import { bodyFields, requireFields } from './json-body.ts';

interface GroupParams {
  Params: { name: string };
}

/** Groups, and what an agent's place in the fleet is. */
export function addGroupRoutes(scope: FastifyInstance, { groups, log }: Services, guard: AdminGuard): void {
  scope.get(PATHS.groups, async (): Promise<GroupList> => ({ groups: await groups.list() }));

  scope.post(PATHS.groups, async (request) => {
    const fields = requireFields(request, { data: ['name'] });
    const { name } = parse(validateGroupRequest, fields, 'The request');
    await groups.add(name);
    log.info('group.added', 'A group was added', { name, by: guard.usernameOf(request) });
    return { success: 'group added' };
  });

  scope.put<GroupParams>(`${PATHS.groups}/:name/version`, async (request) => {
    const fields = requireFields(request, { data: ['agentVersion'] });
    const { agentVersion } = parse(validateGroupVersion, fields, 'The request');
    const { name } = request.params;
    await groups.setVersion(name, agentVersion);
    log.info('group.version-set', 'The version of a group was set', {
      name,
      agentVersion,
      by: guard.usernameOf(request),
    });
    return { success: 'version set' };
  });

  scope.delete<GroupParams>(`${PATHS.groups}/:name`, async (request) => {
    const { name } = request.params;
    await groups.remove(name);
    log.info('group.removed', 'A group was removed', { name, by: guard.usernameOf(request) });
    return { success: 'group removed' };
  });

  scope.patch<{ Params: { agentID: string } }>(`${PATHS.agents}/:agentID`, async (request) => {
    const { agentID } = request.params;
    const { group, agentVersion } = parse(validateAgentChange, bodyFields(request), 'The request');
    await groups.changeAgent(agentID, {
      ...(group === undefined ? {} : { group }),
      ...(agentVersion === undefined ? {} : { pinnedVersion: agentVersion }),
    });
    log.info('agent.changed', 'An agent was moved or pinned', {
      ...{ agentID, group, agentVersion },
      by: guard.usernameOf(request),
    });
    return { success: 'agent changed' };
  });
}
