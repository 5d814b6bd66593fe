/** A file that has arrived whole and lies aside. */
export interface ReceivedFile {
  readonly path: string;
  readonly sha256: string;
  readonly size: number;
}

/** The port to a folder of files, each under the SHA-256 of its content. */
export interface ReceivedFiles {
  pathOf(sha256: string): string;
  keep(file: ReceivedFile): Promise<void>;
  /** `includeAside` also what a crash left of uploads. */
  removeExcept(wanted: ReadonlySet<string>, options?: { includeAside?: boolean }): Promise<unknown>;
}
