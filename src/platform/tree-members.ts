import type { RootProcess } from './platform.ts';

/** A living process, as far as it matters for who belongs to whom. */
export interface ProcessInfo {
  readonly pid: number;
  readonly parentPid: number;
  /** The process group; absent where there is no such thing. */
  readonly groupID?: number;
  /** On any scale that is the same for all; tells a process from a later one with the same ID. */
  readonly startedAt: number;
  /** Whether it carries the tree's mark. */
  readonly marked: boolean;
}

export type KnownRoot = Pick<ProcessInfo, 'pid' | 'startedAt'>;

/** The root of a tree as it is among `processes`, or as it was: a child that has exited was started at `spawnedAt`. */
export function knownRoot(
  child: RootProcess | undefined,
  processes: readonly ProcessInfo[],
  spawnedAt: number,
): KnownRoot | undefined {
  if (child?.pid === undefined) return undefined;
  const isOurs = child.exitCode === null && child.signalCode === null;
  const holder = isOurs ? processes.find(({ pid }) => pid === child.pid) : undefined;
  return { pid: child.pid, startedAt: holder?.startedAt ?? spawnedAt };
}

/**
 * Which of `processes` belong to a tree: what carries its mark, the root, its group, and the descendants of all these. Process
 * IDs are used again, so nobody is taken for a relative who is older than the relation, or younger than the stranger who
 * now has the root's ID. Pure.
 */
export function treeMembers(processes: readonly ProcessInfo[], root: KnownRoot | undefined): ProcessInfo[] {
  const members = new Map<number, ProcessInfo>();
  const holder = processes.find(({ pid }) => pid === root?.pid);
  const stranger = holder?.startedAt === root?.startedAt ? undefined : holder;
  for (const process of processes)
    if (process.marked || (root !== undefined && isOfRoot(process, root, stranger)))
      members.set(process.pid, process);
  addDescendants(members, processes);
  return [...members.values()];
}

function isOfRoot(process: ProcessInfo, root: KnownRoot, stranger: ProcessInfo | undefined): boolean {
  if (process.pid === root.pid) return stranger === undefined;
  const related = process.parentPid === root.pid || process.groupID === root.pid;
  const isOlderThanStranger = stranger === undefined || process.startedAt < stranger.startedAt;
  return related && process.startedAt >= root.startedAt && isOlderThanStranger;
}

function addDescendants(members: Map<number, ProcessInfo>, processes: readonly ProcessInfo[]): void {
  for (let grown = true; grown;) {
    grown = false;
    for (const process of processes) {
      const parent = members.get(process.parentPid);
      if (parent === undefined || members.has(process.pid) || process.startedAt < parent.startedAt) continue;
      members.set(process.pid, process);
      grown = true;
    }
  }
}
