import { randomUUID } from 'node:crypto';
import type { Clock } from '../../lib/clock.ts';
import { AppError } from '../../lib/errors.ts';
import { REFUSED } from '../../protocol/commander/replies.ts';
import { REFUSALS } from '../../protocol/commander/refusal.ts';
import { formatEpochTime } from '../../protocol/commander/times.ts';
import type { AssignRequest } from '../../protocol/schemas/admin/jobs.ts';
import type { JobAssignment } from '../../protocol/schemas/job.ts';
import type { AgentStore } from '../../store/server/agent-store.ts';
import { UNFINISHED_STATES, type JobRecord, type JobStore } from '../../store/server/job-store.ts';
import type { LibraryRecord, LibraryStore } from '../../store/server/library-store.ts';
import type { Checkins } from './checkins.ts';
import type { JobEnds } from './job-ends.ts';

export interface DispatcherOptions {
  agents: AgentStore;
  library: LibraryStore;
  jobs: JobStore;
  ends: JobEnds;
  checkins: Checkins;
  clock: Clock;
}

/** Gives work to agents, takes it back, and knows when it is done. */
export class Dispatcher {
  readonly #options: DispatcherOptions;

  constructor(options: DispatcherOptions) {
    this.#options = options;
  }

  /**
   * Queues the job and pushes it at once if its agent is there. Returns its ID.
   * @throws AppError LIBRARY_ENTRY_NOT_FOUND or AGENT_NOT_FOUND, with the original's texts
   */
  async assign(request: AssignRequest, user: string): Promise<string> {
    const { agents, library, jobs, checkins, clock } = this.#options;
    const entry = await library.get(request.filename);
    if (entry === undefined) throw await this.#notInLibrary();
    const agent = await agents.get(request.agentID);
    if (agent === undefined || agent.revokedAt !== undefined) {
      throw new AppError('AGENT_NOT_FOUND', REFUSED.noSuchHost);
    }
    const now = clock.now();
    const assignment = makeAssignment(entry, request, { user, now });
    const { jobID } = assignment;
    await jobs.add({ jobID, agentID: agent.agentID, assignment, state: 'queued', createdAt: now });
    checkins.wake(agent.agentID);
    return jobID;
  }

  /**
   * A queued job ends here and now; one that the agent has is asked for, as soon as the agent is there.
   * @throws AppError JOB_NOT_FOUND, or SERVER_REFUSED when there is nothing left to cancel or no way to
   */
  async cancel(jobID: string): Promise<'canceled' | 'requested'> {
    const { agents, jobs, ends, checkins, clock } = this.#options;
    const job = await jobs.get(jobID);
    if (job === undefined) throw new AppError('JOB_NOT_FOUND', `There is no job "${jobID}"`);
    if (job.state === 'finished') throw new AppError('SERVER_REFUSED', `Job "${jobID}" has finished already`);
    const isQueued = job.state === 'queued';
    if (!isQueued && (await agents.get(job.agentID))?.protocol === 1) {
      throw new AppError('SERVER_REFUSED', 'The agent speaks protocol 1, which cannot cancel what was taken');
    }
    if (isQueued) await ends.conclude(job, 'canceled', 'canceled before the agent took it');
    else await jobs.requestCancel(jobID, clock.now());
    // Also for a queued job: it may have been pushed, and its ack be on the way.
    checkins.cancel(job.agentID, [jobID]);
    return isQueued ? 'canceled' : 'requested';
  }

  /** The job when it has finished, or as it is after `waitMs` or at the abort of `signal`. */
  async waitUntilFinished(
    jobID: string,
    waitMs: number,
    signal: AbortSignal,
  ): Promise<JobRecord | undefined> {
    const { jobs, ends } = this.#options;
    const over = Promise.withResolvers<undefined>();
    const wake = (): void => over.resolve(undefined);
    // Before the look at the store, or an end between the two would be missed.
    const callOff = ends.whenFinished(jobID, wake);
    const timer = setTimeout(wake, waitMs);
    signal.addEventListener('abort', wake, { once: true });
    try {
      const job = await jobs.get(jobID);
      if (job === undefined || job.state === 'finished' || signal.aborted) return job;
      await over.promise;
      return await jobs.get(jobID);
    } finally {
      callOff();
      clearTimeout(timer);
      signal.removeEventListener('abort', wake);
    }
  }

  isConnected(agentID: string): boolean {
    return this.#options.checkins.isConnected(agentID);
  }

  /** For an agent that has been revoked: it is shown out, and what it has not finished never will be. */
  async expel(agentID: string): Promise<void> {
    const { jobs, ends, checkins } = this.#options;
    checkins.refuse(agentID, REFUSALS.unknownAgent);
    for (const job of await jobs.list({ agentID, states: UNFINISHED_STATES })) {
      await ends.conclude(job, job.state === 'queued' ? 'canceled' : 'lost', 'the agent was revoked');
    }
  }

  async #notInLibrary(): Promise<AppError> {
    const isEmpty = (await this.#options.library.list()).length === 0;
    const text = isEmpty ? REFUSED.emptyLibrary : REFUSED.nothingToAssign;
    return new AppError('LIBRARY_ENTRY_NOT_FOUND', text);
  }
}

/** By value: what happens to the library later does not change a job that is on its way. */
function makeAssignment(
  entry: LibraryRecord,
  request: AssignRequest,
  { user, now }: { user: string; now: number },
): JobAssignment {
  const timeoutSeconds = request.timeoutSeconds ?? entry.timeoutSeconds;
  return {
    jobID: randomUUID(),
    executor: entry.executor,
    filename: entry.filename,
    description: entry.description,
    os: entry.os,
    user,
    timeCreated: formatEpochTime(now),
    argv: request.argv,
    archive: { sha256: entry.sha256, size: entry.size },
    ...(timeoutSeconds === undefined ? {} : { timeoutSeconds }),
  };
}
