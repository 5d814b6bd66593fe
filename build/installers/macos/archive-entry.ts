import { readFileSync } from 'node:fs';
import { withParents, type LayoutEntry } from '../layout.ts';

/** One entry of a payload as macOS archives name it: `.` for the root, `./usr/local` below it. All belong to root:wheel. */
export interface ArchiveEntry {
  path: string;
  kind: LayoutEntry['kind'];
  /** File type and permissions, as stat(2) gives them. */
  mode: number;
  /** Of a file its content, of a link its target, of a folder nothing. */
  content: Uint8Array;
}

const TYPE_BITS = { dir: 0o040000, file: 0o100000, link: 0o120000 } as const;

/** The root folder and everything below it, parents first. */
export function archiveEntries(entries: readonly LayoutEntry[]): ArchiveEntry[] {
  const root: LayoutEntry = { kind: 'dir', path: '', mode: 0o755 };
  return [root, ...withParents(entries)].map((entry) => ({
    path: entry.path === '' ? '.' : `./${entry.path}`,
    kind: entry.kind,
    mode: TYPE_BITS[entry.kind] | (entry.kind === 'link' ? 0o755 : entry.mode),
    content: contentOf(entry),
  }));
}

function contentOf(entry: LayoutEntry): Uint8Array {
  if (entry.kind === 'dir') return new Uint8Array();
  if (entry.kind === 'link') return Buffer.from(entry.target);
  const { content } = entry;
  if (typeof content === 'string') return Buffer.from(content);
  return content instanceof Uint8Array ? content : readFileSync(content.from);
}
