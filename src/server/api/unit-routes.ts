import type { FastifyInstance } from 'fastify';
import type { UnitList, UnitView } from '../../protocol/schemas/admin/units.ts';
import { PATHS } from '../../protocol/version.ts';
import type { UnitRecord } from '../../store/server/unit-store.ts';
import { formatInstant } from '../fleet/agent-view.ts';
import type { Services } from '../compose/services.ts';
import { readKind, type Query } from './query.ts';

/** How tasks and services stand on their endpoints. */
export function addUnitRoutes(scope: FastifyInstance, { units }: Services): void {
  scope.get<{ Querystring: Query }>(PATHS.units, async ({ query }): Promise<UnitList> => {
    const { agentID, name } = query;
    const found = await units.list({
      ...readKind(query),
      ...(agentID === undefined ? {} : { agentID }),
      ...(name === undefined ? {} : { name }),
    });
    return { units: found.map(view) };
  });
}

function view({ agentID, hostname, state, reportedAt }: UnitRecord): UnitView {
  return { ...state, agentID, hostname, reportedAt: formatInstant(reportedAt) };
}
