import type { LibraryUnit } from '../../protocol/schemas/admin/library.ts';

export interface LibraryRecord {
  readonly jobID: string;
  readonly filename: string;
  readonly executor: string;
  readonly description: string;
  readonly os: string;
  /** The account that uploaded it. */
  readonly user: string;
  /** Milliseconds since the epoch. */
  readonly createdAt: number;
  /** Of the archive, which lies in the data folder under this name. */
  readonly sha256: string;
  readonly size: number;
  readonly timeoutSeconds?: number;
  /** What makes it a task or a service; a job when absent. */
  readonly unit?: LibraryUnit;
}

export interface LibraryStore {
  /** @throws AppError LIBRARY_ENTRY_EXISTS, also when another entry's unit has the same name */
  add(entry: LibraryRecord): Promise<void>;
  get(filename: string): Promise<LibraryRecord | undefined>;
  list(): Promise<LibraryRecord[]>;
  /** @throws AppError LIBRARY_ENTRY_NOT_FOUND, or LIBRARY_ENTRY_EXISTS when another entry's unit has the same name */
  update(
    filename: string,
    change: Partial<Pick<LibraryRecord, 'description' | 'sha256' | 'size' | 'user' | 'createdAt' | 'unit'>>,
  ): Promise<void>;
  /** @throws AppError LIBRARY_ENTRY_NOT_FOUND */
  remove(filename: string): Promise<void>;
}
