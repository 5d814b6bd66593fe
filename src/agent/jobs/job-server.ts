import type { JobAssignment, JobReport, ResultDetail } from '../../protocol/schemas/job.ts';
import type { PhaseFrame } from '../../protocol/schemas/frames.ts';

/** What the job pipeline asks of the far end. `compose/agent.ts` gives it one that speaks to the server. */
export interface JobServer {
  /**
   * Writes the archive to `archivePath`, going on from the bytes already there when the server can. Those may be
   * damaged, so the whole is checked, or fetched anew. The size limit is enforced while receiving.
   * @throws AppError SERVER_UNREACHABLE or SERVER_ERROR (retryable), SERVER_REFUSED (final), ARCHIVE_TOO_LARGE
   */
  fetchArchive(job: JobAssignment, archivePath: string, signal: AbortSignal): Promise<void>;
  /**
   * Resolves once the server has the result, also when it says that it had it already.
   * @throws AppError, retryable unless the server will never take it
   */
  report(report: JobReport, detail: ResultDetail, signal: AbortSignal): Promise<void>;
  /** Tells whoever watches; may be lost, steers nothing. */
  announcePhase(jobID: string, phase: PhaseFrame['phase']): void;
}
