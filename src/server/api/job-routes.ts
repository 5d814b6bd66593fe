import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { AppError } from '../../lib/errors.ts';
import { REFUSED, SUCCESS } from '../../protocol/commander/replies.ts';
import { validateAssignRequest, validateJobState } from '../../protocol/generated/admin/jobs.js';
import type { AssignReply, JobList, JobState, JobView } from '../../protocol/schemas/admin/jobs.ts';
import { parse } from '../../protocol/validate.ts';
import { PATHS } from '../../protocol/version.ts';
import type { JobRecord } from '../../store/server/job-store.ts';
import { listHistory } from '../dispatch/history-view.ts';
import { viewJob } from '../dispatch/job-view.ts';
import type { Services } from '../compose/services.ts';
import type { AdminGuard } from './admin-guard.ts';
import { refusal } from './http-refusal.ts';
import { requireFields } from './json-body.ts';
import { readNumber, type Query } from './query.ts';

const DEFAULT_LIST_LIMIT = 100;
const MAX_LIST_LIMIT = 1000;
/** Proxies and clients give up on a silent request sooner or later; whoever wants to wait longer asks again. */
const MAX_WAIT_SECONDS = 300;
const DEFAULT_HISTORY_DAYS = 7;

interface JobParams {
  Params: { jobID: string };
  Querystring: Query;
}

export function addJobRoutes(scope: FastifyInstance, services: Services, guard: AdminGuard): void {
  const { dispatcher, agents, jobs, clock, log } = services;

  scope.post(PATHS.jobs, async (request): Promise<AssignReply> => {
    const fields = requireFields(request, { data: ['agentID', 'filename', 'argv'] });
    const assignment = parse(validateAssignRequest, fields, 'The request');
    const by = guard.usernameOf(request);
    const jobID = await dispatcher.assign(assignment, by);
    log.info('job.assigned', 'A job was assigned', {
      jobID,
      agentID: assignment.agentID,
      filename: assignment.filename,
      by,
    });
    return { success: SUCCESS.jobAssigned, jobID };
  });

  scope.get<{ Querystring: Query }>(PATHS.jobs, async ({ query }): Promise<JobList> => {
    const { agentID, state } = query;
    const limit = readNumber(query, 'limit', { fallback: DEFAULT_LIST_LIMIT, max: MAX_LIST_LIMIT });
    const found = await jobs.list({
      limit,
      ...(agentID === undefined ? {} : { agentID }),
      ...(state === undefined ? {} : { states: readStates(state) }),
    });
    return { jobs: await Promise.all(found.map(view)) };
  });

  scope.get<JobParams>(`${PATHS.jobs}/:jobID`, async (request, reply): Promise<JobView> => {
    const { jobID } = request.params;
    const waitSeconds = readNumber(request.query, 'waitSeconds', { fallback: 0, max: MAX_WAIT_SECONDS });
    const job =
      waitSeconds === 0
        ? await jobs.get(jobID)
        : await dispatcher.waitUntilFinished(jobID, waitSeconds * 1000, goneSignal(reply));
    if (job === undefined) throw new AppError('JOB_NOT_FOUND', `There is no job "${jobID}"`);
    return await view(job);
  });

  async function cancel(request: FastifyRequest<JobParams>): Promise<{ success: string }> {
    const { jobID } = request.params;
    const done = await dispatcher.cancel(jobID);
    log.info('job.cancel', 'A job was canceled', { jobID, done, by: guard.usernameOf(request) });
    return {
      success: done === 'canceled' ? 'job canceled' : 'cancel requested -- waiting for agent to end the job',
    };
  }
  scope.post<JobParams>(`${PATHS.jobs}/:jobID/cancel`, cancel);
  scope.delete<JobParams>(`${PATHS.jobs}/:jobID`, cancel);

  scope.get<{ Querystring: Query }>(PATHS.adminHistory, async (request) => {
    const { agentID } = requireFields(request, { data: ['agentID'] });
    if (typeof agentID !== 'string' || (await agents.get(agentID)) === undefined) {
      throw refusal(400, REFUSED.unknownAgent);
    }
    const daysAgo = readNumber(request.query, 'daysAgo', { fallback: DEFAULT_HISTORY_DAYS, max: 36_500 });
    return { jobs: await listHistory(jobs, { agentID, daysAgo, now: clock.now() }) };
  });

  async function view(job: JobRecord): Promise<JobView> {
    const agent = await agents.get(job.agentID);
    return viewJob(job, agent?.hostname ?? '');
  }
}

/** One state, or several with commas between them. */
function readStates(text: string): JobState[] {
  return text.split(',').map((state) => parse(validateJobState, state, `The state "${state}"`));
}

/** Aborted when the client has hung up. */
function goneSignal(reply: FastifyReply): AbortSignal {
  const gone = new AbortController();
  reply.raw.once('close', () => gone.abort());
  return gone.signal;
}
