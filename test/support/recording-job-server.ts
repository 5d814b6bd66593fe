import { writeFile } from 'node:fs/promises';
import type { JobServer } from '../../src/agent/jobs/job-server.ts';
import { AppError } from '../../src/lib/errors.ts';
import type { JobAssignment, JobReport, ResultDetail } from '../../src/protocol/schemas/job.ts';

export interface ReceivedReport {
  readonly report: JobReport;
  readonly detail: ResultDetail;
}

/**
 * The far end of the job pipeline, without a wire: hands out archives and keeps results. Like a server of ours it takes a
 * result once, and says yes to repeats. It fails on demand.
 */
export class RecordingJobServer implements JobServer {
  /** By file name. */
  readonly archives = new Map<string, Uint8Array>();
  /** The first result of each job. */
  readonly reports: ReceivedReport[] = [];
  readonly announced: string[] = [];
  fetches = 0;
  /** All reports, repeats too. */
  posts = 0;
  /** What the next calls come to, one after the other, before they go well again. */
  readonly fetchFailures: Error[] = [];
  readonly reportFailures: Error[] = [];
  /** While true, nobody answers. */
  isAway = false;

  async fetchArchive(job: JobAssignment, archivePath: string, signal: AbortSignal): Promise<void> {
    signal.throwIfAborted();
    this.fetches += 1;
    this.#failIfAsked(this.fetchFailures);
    const archive = this.archives.get(job.filename);
    if (archive === undefined) throw new AppError('SERVER_REFUSED', `There is no archive "${job.filename}"`);
    await writeFile(archivePath, archive);
  }

  report(report: JobReport, detail: ResultDetail, signal: AbortSignal): Promise<void> {
    return new Promise((resolve) => {
      signal.throwIfAborted();
      this.posts += 1;
      this.#failIfAsked(this.reportFailures);
      if (!this.reports.some((earlier) => earlier.report.jobID === report.jobID))
        this.reports.push({ report, detail });
      resolve();
    });
  }

  announcePhase(jobID: string, phase: string): void {
    this.announced.push(`${jobID} ${phase}`);
  }

  #failIfAsked(failures: Error[]): void {
    if (this.isAway)
      throw new AppError('SERVER_UNREACHABLE', 'Nobody answers', { retryable: true, cause: undefined });
    const failure = failures.shift();
    if (failure !== undefined) throw failure;
  }
}
