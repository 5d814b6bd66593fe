import type { ArchiveRef } from '../../protocol/schemas/job.ts';

/** The archives of tasks and services, on this endpoint, so that they run while the server is away. */
export interface ArchiveCache {
  /**
   * The path of the archive, whole and checked against its hash; fetched first if it is not there, once for all who ask.
   * The file is there for as long as the desired state names it: take what you need out of it before you tell that you have.
   * @throws AppError SERVER_UNREACHABLE, SERVER_REFUSED, SERVER_ERROR, ARCHIVE_MISMATCH, ARCHIVE_TOO_LARGE or STATE_UNWRITABLE
   */
  ensure(ref: ArchiveRef, signal: AbortSignal): Promise<string>;
}
