import type { FastifyInstance } from 'fastify';
import { validateRolloutRequest } from '../../protocol/generated/admin/rollouts.js';
import type { LostAgent, RolloutList, RolloutView } from '../../protocol/schemas/admin/rollouts.ts';
import { parse } from '../../protocol/validate.ts';
import { PATHS } from '../../protocol/version.ts';
import type { ToldAgent } from '../../store/server/rollout-store.ts';
import { formatInstant } from '../fleet/agent-view.ts';
import type { RolloutProgress } from '../rollouts/rollouts.ts';
import type { Services } from '../compose/services.ts';
import type { AdminGuard } from './admin-guard.ts';
import { requireFields } from './json-body.ts';

/** Groups on their way to a version. */
export function addRolloutRoutes(
  scope: FastifyInstance,
  { rollouts, log }: Services,
  guard: AdminGuard,
): void {
  scope.get<{ Querystring: { group?: string } }>(PATHS.rollouts, async ({ query }): Promise<RolloutList> => {
    const { group } = query;
    const found = await rollouts.list(group === undefined ? {} : { group });
    return { rollouts: found.map(view) };
  });

  scope.post(PATHS.rollouts, async (request) => {
    const fields = requireFields(request, { data: ['group', 'version', 'plan'] });
    const order = parse(validateRolloutRequest, fields, 'The request');
    const createdBy = guard.usernameOf(request);
    const { rolloutID, group, version } = await rollouts.start({ ...order, createdBy });
    log.info('rollout.started', 'A rollout was started', { rolloutID, group, version, by: createdBy });
    return { success: 'rollout started' };
  });

  for (const verb of ['pause', 'resume', 'abort'] as const) {
    scope.post<{ Params: { group: string } }>(`${PATHS.rollouts}/:group/${verb}`, async (request) => {
      const { group } = request.params;
      await rollouts[verb](group);
      log.info(`rollout.${verb}`, 'An admin steered a rollout', {
        ...{ group, verb },
        by: guard.usernameOf(request),
      });
      return { success: `rollout: ${verb}` };
    });
  }
}

function view({ rollout, stages, stage: reached, whole, lost, waitsFor }: RolloutProgress): RolloutView {
  const { rolloutID, group, version, plan, state, stage, createdBy, reason } = rollout;
  const { restsUntil, createdAt, endedAt } = rollout;
  return {
    ...{ rolloutID, group, version, state, createdBy, reached, whole, stages, stage: stage + 1 },
    plan: { ...plan, canaries: [...plan.canaries], stages: [...plan.stages] },
    lost: lost.map(lostView),
    createdAt: formatInstant(createdAt),
    ...(waitsFor === undefined ? {} : { waitsFor }),
    ...(reason === undefined ? {} : { reason }),
    ...(restsUntil === undefined ? {} : { restsUntil: formatInstant(restsUntil) }),
    ...(endedAt === undefined ? {} : { endedAt: formatInstant(endedAt) }),
  };
}

function lostView({ agentID, hostname, outcome, offeredAt, ending }: ToldAgent): LostAgent {
  const reason = ending?.reason ?? ending?.outcome;
  return {
    ...{ agentID, hostname, outcome: outcome === undefined || outcome === 'updated' ? 'late' : outcome },
    toldAt: formatInstant(offeredAt),
    ...(reason === undefined ? {} : { reason }),
  };
}
