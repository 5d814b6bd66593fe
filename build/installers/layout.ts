import {
  chmodSync,
  copyFileSync,
  lutimesSync,
  mkdirSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { join, posix } from 'node:path';

/** One thing that a package lays down. `path` starts at the root of the file system, without a leading slash. */
export type LayoutEntry = LayoutFile | LayoutLink | LayoutDir;

export interface LayoutFile {
  kind: 'file';
  path: string;
  mode: number;
  /** What is in it, or the file to take it from. */
  content: string | Uint8Array | { from: string };
}

export interface LayoutLink {
  kind: 'link';
  path: string;
  target: string;
}

export interface LayoutDir {
  kind: 'dir';
  path: string;
  mode: number;
}

const DIR_MODE = 0o755;

/** The entries with every folder above them, parents first and names in order: what archives expect. */
export function withParents(entries: readonly LayoutEntry[]): LayoutEntry[] {
  const all = new Map<string, LayoutEntry>();
  for (const entry of entries) {
    for (let dir = posix.dirname(entry.path); dir !== '.'; dir = posix.dirname(dir))
      if (!all.has(dir)) all.set(dir, { kind: 'dir', path: dir, mode: DIR_MODE });
    all.set(entry.path, entry);
  }
  return [...all.values()].sort((a, b) => comparePaths(a.path, b.path));
}

/** Writes the entries below `rootDir`, each dated `epoch`. Modes are set whatever the umask says; owners are the packer's task. */
export function writeLayout(
  entries: readonly LayoutEntry[],
  { rootDir, epoch }: { rootDir: string; epoch: number },
): void {
  mkdirSync(rootDir, { recursive: true });
  const all = withParents(entries);
  for (const entry of all) writeEntry(join(rootDir, entry.path), entry);
  // Backwards, because a new file dates the folder that it appears in.
  for (const entry of all.toReversed()) {
    const setTimes = entry.kind === 'link' ? lutimesSync : utimesSync;
    setTimes(join(rootDir, entry.path), epoch, epoch);
  }
  utimesSync(rootDir, epoch, epoch);
}

function writeEntry(path: string, entry: LayoutEntry): void {
  if (entry.kind === 'link') {
    symlinkSync(entry.target, path);
    return;
  }
  if (entry.kind === 'dir') mkdirSync(path, { recursive: true });
  else writeContent(path, entry.content);
  chmodSync(path, entry.mode);
}

function writeContent(path: string, content: LayoutFile['content']): void {
  if (typeof content === 'string' || content instanceof Uint8Array) writeFileSync(path, content);
  else copyFileSync(content.from, path);
}

/** By path component, so that a folder comes right before what is in it. */
function comparePaths(a: string, b: string): number {
  const [left, right] = [a.replaceAll('/', '\0'), b.replaceAll('/', '\0')];
  return left < right ? -1 : left > right ? 1 : 0;
}
