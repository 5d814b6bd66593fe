import { formatEpochTime } from '../../protocol/commander/times.ts';
import type { LibraryEntry } from '../../protocol/schemas/admin/library.ts';
import type { LibraryRecord } from '../../store/server/library-store.ts';

/** The whole library as JSON text: the original hands out its database document, so there is an `_id` and a `_cls`. */
export function formatLibrary(records: readonly LibraryRecord[]): string {
  return JSON.stringify({
    _id: { $oid: '0'.repeat(24) },
    _cls: 'Library',
    jobs: records.map(toEntry),
  });
}

function toEntry(record: LibraryRecord): LibraryEntry {
  const { jobID, executor, filename, description, os, user, sha256, size, timeoutSeconds, unit } = record;
  return {
    jobID,
    executor,
    filename,
    description,
    os,
    user,
    timeCreated: formatEpochTime(record.createdAt),
    argv: [],
    sha256,
    size,
    ...(timeoutSeconds === undefined ? {} : { timeoutSeconds }),
    ...(unit === undefined ? {} : { unit }),
  };
}
