import type { Clock } from '../../lib/clock.ts';
import { AppError, isAppError } from '../../lib/errors.ts';
import type { HttpClient } from '../../lib/http-client/http-client.ts';
import type { Logger } from '../../lib/log.ts';
import type { JobAssignment, JobReport, ResultDetail } from '../../protocol/schemas/job.ts';
import type { JobServer } from '../jobs/job-server.ts';
import type { EarlyArchives } from './early-archives.ts';
import { fetchArchive } from './fetch-archive.ts';
import { postResult } from './report-result.ts';

export interface JobServerOptions {
  readonly agentID: string;
  readonly client: () => HttpClient;
  /** What need not be fetched. */
  readonly early: Pick<EarlyArchives, 'get'>;
  /** Of one archive, as it is downloaded. */
  readonly maxArchiveBytes: number;
  readonly announcePhase: JobServer['announcePhase'];
  readonly clock: Clock;
  readonly log: Logger;
}

/** How often a server may say that a job is not running there before it is believed. */
const DOUBTS = 3;

interface Progress {
  /** How often the server said that the job is not running. */
  denials: number;
  /** An earlier post may have got through. */
  mayBeThere: boolean;
}

/** The far end of the job pipeline, as both kinds of server speak over HTTPS. */
export class HttpJobServer implements JobServer {
  readonly announcePhase: JobServer['announcePhase'];
  readonly #options: JobServerOptions;
  /** By jobID, for results that are on their way. */
  readonly #underway = new Map<string, Progress>();

  constructor(options: JobServerOptions) {
    this.#options = options;
    this.announcePhase = options.announcePhase;
  }

  async fetchArchive(job: JobAssignment, archivePath: string, signal: AbortSignal): Promise<void> {
    const { client, early, agentID, maxArchiveBytes: maxBytes, clock } = this.#options;
    await fetchArchive(job, archivePath, { client, early, agentID, maxBytes, clock, signal });
  }

  async report(job: JobReport, detail: ResultDetail, signal: AbortSignal): Promise<void> {
    const { client, agentID, clock } = this.#options;
    const key = job.jobID ?? job.filename;
    const progress = this.#underway.get(key) ?? { denials: 0, mayBeThere: false };
    this.#underway.set(key, progress);
    try {
      const wasThere = progress.mayBeThere;
      progress.mayBeThere = true; // from here on, an answer may get lost
      const answer = await postResult({ job, detail }, { client: client(), agentID, clock, signal });
      if (answer === 'nothing-running' && !wasThere) this.#doubt(key, progress);
      this.#underway.delete(key);
    } catch (error) {
      if (isAppError(error) && !error.retryable) this.#underway.delete(key);
      throw error;
    }
  }

  /**
   * After a post whose answer was lost, "not running" means that the result is there. Said to the first post, it may mean that the
   * server has not read the ack: it pushes the job again at the next check-in, and takes the result after that.
   */
  #doubt(key: string, progress: Progress): void {
    progress.denials += 1;
    if (progress.denials < DOUBTS) {
      progress.mayBeThere = false;
      throw new AppError('SERVER_REFUSED', 'The server says that this job is not running', {
        retryable: true,
      });
    }
    this.#options.log.warn(
      'report.unwanted',
      'The server knows of no such running job; the result is dropped',
      {
        jobID: key,
      },
    );
  }
}
