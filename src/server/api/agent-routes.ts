import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { AppError } from '../../lib/errors.ts';
import { REFUSED, SUCCESS } from '../../protocol/commander/replies.ts';
import type { RegisterReply } from '../../protocol/schemas/certificates.ts';
import { PATHS } from '../../protocol/version.ts';
import { UNFINISHED_STATES, type JobRecord } from '../../store/server/job-store.ts';
import { readReport } from '../dispatch/report-form.ts';
import type { Services } from '../compose/services.ts';
import { AgentGuard } from './agent-guard.ts';
import { contentDisposition, contentTypeOf } from './content-headers.ts';
import { makeErrorHandler } from './error-handler.ts';
import { badRequest, refusal } from './http-refusal.ts';
import { acceptJsonBodies, requireFields } from './json-body.ts';
import { requireRegistrationKey } from './require-registration-key.ts';
import { sendFile } from './send-file.ts';
import { addUpdateRoutes } from './update-routes.ts';

/** An ack and the download that follows it come on two connections, and the download may be first. */
const ACK_GRACE_MS = 20;

/** Everything under /agent but the check-in: the original's API to the letter (COMMANDER.md, part 4), archives by hash, and releases. */
export function registerAgentRoutes(app: FastifyInstance, services: Services): void {
  const guard = new AgentGuard(services);
  app.register((scope, _options, done) => {
    scope.setErrorHandler(makeErrorHandler(services.log));
    acceptJsonBodies(scope);
    scope.addHook('onRequest', guard.check);
    scope.get(PATHS.checkin, () => {
      throw badRequest(); // only as a WebSocket
    });
    addRegistration(scope, services, guard);
    addDownloads(scope, services, guard);
    addHistory(scope, services, guard);
    addUpdateRoutes(scope, services);
    done();
  });
}

function addRegistration(scope: FastifyInstance, services: Services, guard: AgentGuard): void {
  const { registration, log } = services;
  scope.post(PATHS.register, async (request): Promise<RegisterReply> => {
    const fields = requireFields(request, { data: ['registrationKey', 'hostname', 'os'] });
    await requireRegistrationKey(request, readText(fields, 'registrationKey'), services);
    const { publicKeyHash, expiresAt } = guard.peerOf(request);
    const hostname = readText(fields, 'hostname');
    const agentID = await registration.register({
      hostname,
      os: readText(fields, 'os'),
      publicKeyHash,
      certificateExpiresAt: expiresAt,
    });
    log.info('agent.registered', 'An agent was registered', { agentID, hostname, ip: request.ip });
    return { agentID };
  });
}

function addDownloads(scope: FastifyInstance, services: Services, guard: AgentGuard): void {
  const { results, jobs, desiredStates, archiveFiles, clock } = services;

  scope.get(PATHS.execute, async (request, reply) => {
    const fields = requireFields(request, { headers: ['Agent-ID'], data: ['filename'] });
    const { agentID } = await guard.agentOf(request);
    const filename = String(fields['filename']);
    let job = await results.findTaken(agentID, filename);
    if (job === undefined) {
      await clock.sleep(ACK_GRACE_MS);
      job = await results.findTaken(agentID, filename);
    }
    if (job === undefined) throw refusal(400, REFUSED.nothingToDownload);
    return await sendArchive(request, reply, job);
  });

  scope.get<{ Params: { sha256: string } }>(`${PATHS.archives}/:sha256`, async (request, reply) => {
    requireAgentHeader(request);
    const { agentID } = await guard.agentOf(request);
    const { sha256 } = request.params;
    if (!(await isNeeded(agentID, sha256))) {
      throw refusal(404, 'no unfinished job, task or service of this agent has this archive', {
        code: 'JOB_NOT_FOUND',
      });
    }
    return await sendFile(request, reply, {
      path: archiveFiles.pathOf(sha256),
      etag: `"${sha256}"`,
      headers: {
        'content-type': 'application/octet-stream',
        'cache-control': 'private, max-age=31536000, immutable',
      },
    });
  });

  async function isNeeded(agentID: string, sha256: string): Promise<boolean> {
    const unfinished = await jobs.list({ agentID, states: UNFINISHED_STATES });
    const isOfJob = unfinished.some(({ assignment }) => assignment.archive?.sha256 === sha256);
    return isOfJob || (await desiredStates.isArchiveFor(agentID, sha256));
  }

  async function sendArchive(
    request: FastifyRequest,
    reply: FastifyReply,
    job: JobRecord,
  ): Promise<FastifyReply> {
    const { filename, archive } = job.assignment;
    if (archive === undefined) throw refusal(500, REFUSED.fileMissing);
    return await sendFile(request, reply, {
      path: archiveFiles.pathOf(archive.sha256),
      headers: {
        'content-type': contentTypeOf(filename),
        'content-disposition': contentDisposition(filename),
      },
    });
  }
}

function addHistory(scope: FastifyInstance, { results, log }: Services, guard: AgentGuard): void {
  scope.post(PATHS.agentHistory, async (request) => {
    const fields = requireFields(request, { headers: ['Agent-ID'], data: ['job'] });
    const { agentID } = await guard.agentOf(request);
    const report = readReport(fields);
    const recorded = await results.record(agentID, report);
    if (recorded === 'no-match') throw refusal(400, REFUSED.nothingRunning);
    log.info('job.reported', 'A result came in', {
      agentID,
      jobID: report.jobID,
      outcome: report.result.outcome,
      repeated: recorded === 'repeated',
    });
    return { success: SUCCESS.resultSaved };
  });
}

function requireAgentHeader(request: FastifyRequest): void {
  request.body ??= {};
  requireFields(request, { headers: ['Agent-ID'] });
}

function readText(fields: Readonly<Record<string, unknown>>, name: string): string {
  const value = fields[name];
  if (typeof value === 'string' && value.length <= 1024) return value.toWellFormed();
  throw new AppError('MESSAGE_INVALID', `"${name}" must be a string of at most 1024 characters`);
}
