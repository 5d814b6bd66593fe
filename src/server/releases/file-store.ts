import type { ReceivedFile, ReceivedFiles } from '../installers/received-files.ts';

export type { ReceivedFile };

/** The port to the folder of executables and block maps. */
export interface FileStore extends ReceivedFiles {
  /** Streams `content` aside. @throws AppError ARCHIVE_TOO_LARGE above `limitBytes` */
  receive(content: AsyncIterable<Buffer>, limitBytes: number): Promise<ReceivedFile>;
  /** Does nothing to a file that was kept. */
  discard(file: ReceivedFile): Promise<void>;
}
