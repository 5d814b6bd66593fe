import type { FastifyInstance } from 'fastify';
import { AppError } from '../../lib/errors.ts';
import { validateUnitName } from '../../protocol/generated/desired.js';
import { parse } from '../../protocol/validate.ts';
import { MAX_LOG_TAIL_BYTES, PATHS } from '../../protocol/version.ts';
import type { Services } from '../compose/services.ts';
import type { AdminGuard } from './admin-guard.ts';
import { LogAnswer } from './log-answer.ts';
import { readNumber, type Query } from './query.ts';

const DEFAULT_TAIL_BYTES = 16 * 1024;
/** An agent that is connected and has the service answers at once. */
const ANSWER_TIMEOUT_MS = 15_000;

interface LogRequest {
  Params: { agentID: string; name: string };
  Querystring: Query;
}

/** What a service writes, as text that grows while its agent sends it. */
export function addUnitLogRoutes(
  scope: FastifyInstance,
  { agents, logs, clock, log }: Services,
  guard: AdminGuard,
): void {
  scope.get<LogRequest>(`${PATHS.units}/:agentID/:name/log`, async (request, reply) => {
    const { agentID, name } = request.params;
    const service = parse(validateUnitName, name, `The name "${name}"`, 'NAME_INVALID');
    const tailBytes = readNumber(request.query, 'tailBytes', {
      fallback: DEFAULT_TAIL_BYTES,
      max: MAX_LOG_TAIL_BYTES,
    });
    const live = request.query['follow'] === 'true';
    if ((await agents.get(agentID)) === undefined)
      throw new AppError('AGENT_NOT_FOUND', `There is no agent "${agentID}"`);
    const answer = new LogAnswer(reply);
    const stop = logs.follow({ agentID, service, tailBytes, live }, answer);
    reply.raw.once('close', stop);
    log.info('log.followed', 'The log of a service was asked for', {
      ...{ agentID, service, live },
      by: guard.usernameOf(request),
    });
    const deadline = new AbortController();
    try {
      await Promise.race([answer.begun, tooLate()]);
    } catch (error) {
      stop();
      throw error;
    } finally {
      deadline.abort();
    }

    async function tooLate(): Promise<never> {
      await clock.sleep(ANSWER_TIMEOUT_MS, deadline.signal);
      throw new AppError('AGENT_NOT_CONNECTED', `Agent "${agentID}" does not answer`);
    }
  });
}
