import type { Clock } from '../../lib/clock.ts';
import { TAKEN_STATES, type JobRecord, type JobStore } from '../../store/server/job-store.ts';
import type { JobEnds } from './job-ends.ts';
import type { Report } from './report-form.ts';

/** `repeated`: it is there already, and the agent that says so again may stop. */
export type Recorded = 'recorded' | 'repeated' | 'no-match';

/** Takes the results of agents, each job's once. */
export class Results {
  readonly #jobs: JobStore;
  readonly #ends: JobEnds;
  readonly #clock: Clock;

  constructor({ jobs, ends, clock }: { jobs: JobStore; ends: JobEnds; clock: Clock }) {
    this.#jobs = jobs;
    this.#ends = ends;
    this.#clock = clock;
  }

  async record(agentID: string, report: Report): Promise<Recorded> {
    const job = await this.#match(agentID, report);
    if (job === undefined) return await this.#recordOwn(agentID, report);
    const isFirst = job.state !== 'finished' && (await this.#ends.finish(job, report.result));
    if (isFirst) return 'recorded';
    return report.isDetailed ? 'repeated' : 'no-match';
  }

  /** What an agent may download by name: what it has taken and not finished, oldest first. */
  async findTaken(agentID: string, filename: string): Promise<JobRecord | undefined> {
    const taken = await this.#jobs.list({ agentID, states: TAKEN_STATES });
    return taken.findLast((job) => job.assignment.filename === filename);
  }

  /** A job that the endpoint put into its journal itself: the server hears of it when it is over. */
  async #recordOwn(agentID: string, report: Report): Promise<Recorded> {
    const { ownJob, result } = report;
    if (ownJob === undefined) return 'no-match';
    const now = this.#clock.now();
    const acceptedAt = (result.phaseTimes?.accepted ?? Infinity) * 1000;
    const isFirst = await this.#jobs.addFinished({
      jobID: ownJob.jobID,
      agentID,
      assignment: ownJob,
      state: 'finished',
      createdAt: Math.round(Math.max(0, Math.min(acceptedAt, now))), // the endpoint's clock may be anywhere
      finishedAt: now,
      result,
    });
    if (isFirst) return 'recorded';
    return (await this.#match(agentID, report)) === undefined ? 'no-match' : 'repeated';
  }

  /**
   * By ID, if it is one of the agent's. A client of the original may give none, and then the name decides; it must have
   * acknowledged the job, while the ack of one of ours may have been lost on the way.
   */
  async #match(agentID: string, { jobID, filename, isDetailed }: Report): Promise<JobRecord | undefined> {
    const known = jobID === undefined ? undefined : await this.#jobs.get(jobID);
    if (known?.agentID === agentID) return known.state === 'queued' && !isDetailed ? undefined : known;
    return isDetailed ? undefined : await this.findTaken(agentID, filename);
  }
}
