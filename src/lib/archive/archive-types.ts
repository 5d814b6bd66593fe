export type ArchiveFormat = 'zip' | 'tar' | 'tar.gz';

/** The systems whose rules for file names are known. */
export type ArchiveOs = 'linux' | 'darwin' | 'win32';

export interface ArchiveLimits {
  readonly maxEntries: number;
  /** Of all files together, unpacked, in bytes. */
  readonly maxTotalBytes: number;
  readonly maxFileBytes: number;
  /** Unpacked to packed size; only looked at from a size on that could do harm. */
  readonly maxRatio: number;
  /** Of one entry's whole name, in UTF-8 bytes. */
  readonly maxPathBytes: number;
  /** Parts of one entry's name. */
  readonly maxDepth: number;
}

export type EntryKind = 'file' | 'folder';

/** An entry as its archive describes it; nothing about it has been checked. */
export interface RawEntry {
  readonly name: string;
  /** Anything that is neither file nor folder, in words: "a symbolic link". */
  readonly kind: EntryKind | { readonly other: string };
  /** Unpacked bytes as declared, which may be a lie. */
  readonly declaredBytes: number;
  readonly executable: boolean;
}

/** An entry whose name, kind and declared size have passed the guard. */
export interface Entry {
  /** Below the destination, with `/` between its parts; empty for the archive's own top folder. */
  readonly path: string;
  readonly kind: EntryKind;
  readonly declaredBytes: number;
  readonly executable: boolean;
}

export type Content = AsyncIterable<Uint8Array>;
/** Called once an entry, in the order of the archive. Content is empty for folders and must be read to its end. */
export type EntryVisitor = (entry: Entry, content: Content) => Promise<void>;
