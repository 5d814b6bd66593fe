import type { JobAssignment } from '../../protocol/schemas/job.ts';

/** What the check-in asks of the job pipeline. */
export interface JobIntake {
  /**
   * On return the jobs are in the journal: ack then, repeats too.
   * @throws AppError STATE_UNWRITABLE; then they must not be acked
   */
  accept(assignments: readonly JobAssignment[]): void;
  /** Archives, by their hash, that jobs to come may need; perhaps the last word on them, perhaps not. */
  archivesCame(archives: ReadonlyMap<string, Uint8Array>): void;
  cancel(jobIDs: readonly string[]): void;
  /** Whatever waits for the server may try again. */
  serverIsBack(): void;
}
