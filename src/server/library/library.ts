import { randomUUID } from 'node:crypto';
import type { Clock } from '../../lib/clock.ts';
import { AppError } from '../../lib/errors.ts';
import { Serial } from '../../lib/serial.ts';
import { REFUSED } from '../../protocol/commander/replies.ts';
import { unitOf } from '../../protocol/library-unit.ts';
import type { LibraryUnit, LibraryUpload } from '../../protocol/schemas/admin/library.ts';
import type { AssignedUnit, AssignmentStore } from '../../store/server/assignment-store.ts';
import { UNFINISHED_STATES, type JobStore } from '../../store/server/job-store.ts';
import type { LibraryRecord, LibraryStore } from '../../store/server/library-store.ts';
import type { ArchiveFiles, Upload } from './archive-files.ts';
import { checkArchive } from './check-archive.ts';
import { requireSoundUnit } from './require-sound-unit.ts';

export interface LibraryOptions {
  store: LibraryStore;
  jobs: Pick<JobStore, 'list'>;
  files: ArchiveFiles;
  assignments: Pick<AssignmentStore, 'list'>;
  /** Told when an entry has got another archive, or other rules. */
  entryChanged: (filename: string) => Promise<void>;
  clock: Clock;
}

export interface LibraryChange {
  description?: string | undefined;
  upload?: Upload | undefined;
  /** Of the kind that the entry is. */
  unit?: LibraryUnit | undefined;
  /** Who changes it: owns the entry from now on when the file is new. */
  user: string;
}

/**
 * The admins' library: rows in the store, archives as files. A file stays while the library or an unfinished job needs
 * it. Changes and sweeps take turns, so that no sweep sees an archive whose row is about to be written.
 */
export class Library {
  readonly #options: LibraryOptions;
  readonly #turns = new Serial();
  /** Archives that only unfinished jobs still need. */
  readonly #outgoing = new Set<string>();

  constructor(options: LibraryOptions) {
    this.#options = options;
  }

  async list(): Promise<LibraryRecord[]> {
    return await this.#options.store.list();
  }

  /** @throws AppError LIBRARY_ENTRY_EXISTS, or what `checkArchive` or `requireSoundUnit` found */
  async add(job: LibraryUpload, upload: Upload, user: string): Promise<void> {
    const { store, clock } = this.#options;
    await this.#refuseTaken(job.filename);
    const manifest = await checkArchive(upload.path, { ...job, kind: job.unit?.kind });
    const timeoutSeconds = job.timeoutSeconds ?? manifest?.timeoutSeconds;
    const unit = job.unit ?? unitOf(manifest ?? {}, job.filename);
    await this.#turns.run(async () => {
      await this.#refuseTaken(job.filename);
      if (unit !== undefined) await this.#requireSound(unit, job.filename);
      await this.#keep(upload);
      await store.add({
        jobID: randomUUID(),
        filename: job.filename,
        executor: job.executor,
        description: job.description,
        os: job.os,
        user,
        createdAt: clock.now(),
        sha256: upload.sha256,
        size: upload.size,
        ...(timeoutSeconds === undefined ? {} : { timeoutSeconds }),
        ...(unit === undefined ? {} : { unit }),
      });
    });
  }

  /**
   * Jobs assigned before keep the archive that they were assigned with; endpoints get the new one of a task or service.
   * @throws AppError LIBRARY_ENTRY_NOT_FOUND, MESSAGE_INVALID, or what `checkArchive` or `requireSoundUnit` found
   */
  async change(filename: string, change: LibraryChange): Promise<void> {
    const { store, clock } = this.#options;
    const { description, upload, unit, user } = change;
    const entry = await this.#find(filename, REFUSED.noLibraryToChange);
    requireChange(entry, change);
    if (upload !== undefined) await checkArchive(upload.path, { ...entry, kind: entry.unit?.kind ?? 'job' });
    await this.#turns.run(async () => {
      if (unit !== undefined) await this.#requireSound(unit, filename);
      if (upload !== undefined) await this.#keep(upload);
      await store.update(filename, {
        ...(upload === undefined ? {} : { sha256: upload.sha256, size: upload.size, user }),
        ...(description === undefined ? {} : { description, createdAt: clock.now() }),
        ...(unit === undefined ? {} : { unit }),
      });
      await this.#sweep();
    });
    if (upload !== undefined || unit !== undefined) await this.#options.entryChanged(filename);
  }

  /** @throws AppError LIBRARY_ENTRY_NOT_FOUND, or SERVER_REFUSED while anybody is to keep it */
  async remove(filename: string): Promise<void> {
    await this.#turns.run(async () => {
      await this.#find(filename, REFUSED.emptyLibrary);
      const assigned = await this.#options.assignments.list({ filename });
      if (assigned.length > 0) throw stillAssigned(filename, assigned);
      await this.#options.store.remove(filename);
      await this.#sweep();
    });
  }

  /** To be told of each job's end: its archive may have been needed by nobody else. */
  async jobFinished(sha256: string | undefined): Promise<void> {
    if (sha256 !== undefined && this.#outgoing.has(sha256)) await this.sweep();
  }

  /** Removes archives that nobody needs any more; at start-up also what was left of uploads. */
  async sweep(options: { includeAside?: boolean } = {}): Promise<void> {
    await this.#turns.run(async () => await this.#sweep(options));
  }

  async #sweep(options: { includeAside?: boolean } = {}): Promise<void> {
    const { store, jobs, files } = this.#options;
    // In this order: an assignment reads the library first and then adds its job, and must be seen by one of the two.
    const inLibrary = new Set((await store.list()).map((entry) => entry.sha256));
    const unfinished = await jobs.list({ states: UNFINISHED_STATES });
    const inJobs = unfinished.flatMap(({ assignment }) => assignment.archive?.sha256 ?? []);
    this.#outgoing.clear();
    for (const sha256 of inJobs) if (!inLibrary.has(sha256)) this.#outgoing.add(sha256);
    await files.removeExcept(new Set([...inLibrary, ...inJobs]), options);
  }

  async #keep(upload: Upload): Promise<void> {
    await this.#options.files.keep(upload);
    this.#outgoing.delete(upload.sha256);
  }

  async #requireSound(unit: LibraryUnit, filename: string): Promise<void> {
    const entries = await this.#options.store.list();
    const others = entries.flatMap((entry) => (entry.filename === filename ? [] : (entry.unit ?? [])));
    await requireSoundUnit(unit, { others, nowMs: this.#options.clock.now() });
  }

  async #refuseTaken(filename: string): Promise<void> {
    if ((await this.#options.store.get(filename)) === undefined) return;
    throw new AppError('LIBRARY_ENTRY_EXISTS', REFUSED.filenameTaken);
  }

  async #find(filename: string, whenEmpty: string): Promise<LibraryRecord> {
    const { store } = this.#options;
    const entry = await store.get(filename);
    if (entry !== undefined) return entry;
    const isEmpty = (await store.list()).length === 0;
    throw new AppError('LIBRARY_ENTRY_NOT_FOUND', isEmpty ? whenEmpty : REFUSED.notInLibrary);
  }
}

function requireChange(entry: LibraryRecord, { description, upload, unit }: LibraryChange): void {
  if (upload === undefined && description === undefined && unit === undefined)
    throw new AppError('MESSAGE_INVALID', REFUSED.nothingToChange);
  if (unit === undefined || unit.kind === entry.unit?.kind) return;
  throw new AppError(
    'MESSAGE_INVALID',
    `"${entry.filename}" is a ${entry.unit?.kind ?? 'job'}, and no change makes it a ${unit.kind}; add it under another name`,
  );
}

const NAMED = 3;

function stillAssigned(filename: string, assigned: readonly AssignedUnit[]): AppError {
  const names = assigned.map(({ group, hostname = '' }) =>
    group === undefined ? `agent "${hostname}"` : `group "${group}"`,
  );
  const others = names.length > NAMED ? ` and ${names.length - NAMED} others` : '';
  return new AppError(
    'SERVER_REFUSED',
    `"${filename}" is assigned to ${names.slice(0, NAMED).join(', ')}${others}; unassign it first`,
  );
}
