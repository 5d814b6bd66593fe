import type { FastifyInstance } from 'fastify';
import { validateAgentStatus } from '../../protocol/generated/admin/fleet.js';
import { formatJoinToken } from '../../protocol/join-token.ts';
import type {
  AgentDetail,
  AgentList,
  AgentQuery,
  JoinTokenReply,
  RegistrationKeyReply,
} from '../../protocol/schemas/admin/fleet.ts';
import { parse } from '../../protocol/validate.ts';
import { PATHS } from '../../protocol/version.ts';
import type { Services } from '../compose/services.ts';
import type { AdminGuard } from './admin-guard.ts';
import { refusal, type HttpRefusal } from './http-refusal.ts';
import { readFlag, type Query } from './query.ts';

interface AgentParams {
  Params: { agentID: string };
}

export function addFleetRoutes(scope: FastifyInstance, services: Services, guard: AdminGuard): void {
  const { fleet, registration, certificateAuthority, publicUrl, log } = services;

  scope.get(PATHS.registrationKey, async (): Promise<RegistrationKeyReply> => ({
    registrationKey: await registration.key(),
  }));
  scope.put(PATHS.registrationKey, async (request): Promise<RegistrationKeyReply> => {
    const registrationKey = await registration.rotateKey();
    log.info('registration-key.rotated', 'The registration key was rotated', {
      by: guard.usernameOf(request),
    });
    return { registrationKey };
  });

  scope.post(PATHS.joinTokens, async (): Promise<JoinTokenReply> => {
    const server = publicUrl();
    const { fingerprint } = certificateAuthority;
    const registrationKey = await registration.key();
    return {
      token: formatJoinToken({ serverUrl: server, fingerprint, registrationKey }),
      server,
      fingerprint,
    };
  });

  scope.get<{ Querystring: Query }>(PATHS.agents, async ({ query }): Promise<AgentList> => ({
    agents: await fleet.list(readAgentQuery(query)),
  }));

  scope.get<AgentParams>(`${PATHS.agents}/:agentID`, async ({ params }): Promise<AgentDetail> => {
    const agent = await fleet.get(params.agentID);
    if (agent === undefined) throw noAgent(params.agentID);
    return agent;
  });

  scope.delete<AgentParams>(`${PATHS.agents}/:agentID`, async (request) => {
    const { agentID } = request.params;
    if ((await fleet.get(agentID)) === undefined) throw noAgent(agentID);
    await fleet.revoke(agentID);
    log.info('agent.revoked', 'An agent was revoked', { agentID, by: guard.usernameOf(request) });
    return { success: 'agent revoked' };
  });
}

/** @throws AppError MESSAGE_INVALID */
function readAgentQuery(query: Query): AgentQuery {
  const { name, group, status } = query;
  const outdated = readFlag(query, 'outdated');
  return {
    ...(name !== undefined && { name }),
    ...(group !== undefined && { group }),
    ...(status !== undefined && { status: parse(validateAgentStatus, status, `The status "${status}"`) }),
    ...(outdated !== undefined && { outdated }),
  };
}

function noAgent(agentID: string): HttpRefusal {
  return refusal(404, `There is no agent "${agentID}"`, { code: 'AGENT_NOT_FOUND' });
}
