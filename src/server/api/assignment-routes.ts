import type { FastifyInstance, FastifyRequest } from 'fastify';
import { AppError } from '../../lib/errors.ts';
import { validateAssignmentRequest } from '../../protocol/generated/admin/units.js';
import type { AssignmentList, AssignmentView } from '../../protocol/schemas/admin/units.ts';
import { parse } from '../../protocol/validate.ts';
import { PATHS } from '../../protocol/version.ts';
import type { AssignedUnit, AssignmentKey } from '../../store/server/assignment-store.ts';
import { formatInstant } from '../fleet/agent-view.ts';
import type { Services } from '../compose/services.ts';
import type { AdminGuard } from './admin-guard.ts';
import { requireFields } from './json-body.ts';
import { readKind, type Query } from './query.ts';

export function addAssignmentRoutes(
  scope: FastifyInstance,
  { assignments, log }: Services,
  guard: AdminGuard,
): void {
  scope.get<{ Querystring: Query }>(PATHS.assignments, async ({ query }): Promise<AssignmentList> => {
    const found = await assignments.list(readKind(query));
    return { assignments: found.map(view) };
  });

  scope.post(PATHS.assignments, async (request) => {
    const key = readKey(request);
    const by = guard.usernameOf(request);
    await assignments.add(key, by);
    log.info('unit.assigned', 'A task or service was assigned', { ...key, by });
    return { success: 'assigned' };
  });

  scope.delete(PATHS.assignments, async (request) => {
    const key = readKey(request);
    await assignments.remove(key);
    log.info('unit.unassigned', 'A task or service was taken away', {
      ...key,
      by: guard.usernameOf(request),
    });
    return { success: 'unassigned' };
  });
}

function readKey(request: FastifyRequest): AssignmentKey {
  const fields = requireFields(request, { data: ['filename'] });
  const { filename, agentID, group } = parse(validateAssignmentRequest, fields, 'The request');
  if (agentID !== undefined && group === undefined) return { filename, agentID };
  if (group !== undefined && agentID === undefined) return { filename, group };
  throw new AppError('MESSAGE_INVALID', 'The request must name either an agent or a group');
}

function view({ assignedAt, ...assignment }: AssignedUnit): AssignmentView {
  return { ...assignment, assignedAt: formatInstant(assignedAt) };
}
