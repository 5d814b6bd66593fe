import type { ChildProcess } from 'node:child_process';

export type OsName = 'linux' | 'darwin' | 'win32';

/** Everything that differs between operating systems. One file per OS implements it; `select.ts` picks. */
export interface Platform {
  readonly os: OsName;
  /** What an admin reads in lists: "Linux", "macOS", "Windows". Also the `os` of registration. */
  readonly osLabel: string;
  /** Defaults when neither flag, environment nor config file says otherwise. Root and ordinary users get different ones. */
  defaultStateDir(): string;
  defaultConfigPath(): string;
  /** Stable for this installation of the OS, different on a cloned disk once the OS has noticed; undefined if unknown. */
  machineID(): string | undefined;
  /** Options for spawn that put a child at the head of its own group. */
  readonly ownGroup: { detached: boolean; windowsHide: boolean };
  /** Asks the whole tree below `root` to end. */
  askTreeToEnd(root: ProcessRef): Promise<void>;
  /** Forces the whole tree to end, including what left the group by double-forking; resolves when none is left or `deadlineMs` passed. */
  killTree(root: ProcessRef, deadlineMs: number): Promise<{ survivors: number[] }>;
  /** Makes a folder that only this user (and the administrators) can enter. */
  makePrivateDir(dir: string): void;
  /** File names that this OS would read as devices or streams, in any folder. */
  isReservedName(name: string): boolean;
  /** Environment variables a child needs to work at all, whatever else is withheld. */
  readonly essentialEnvironment: readonly string[];
  /** How each executor that jobs may name is started here; undefined when it is not one we know. */
  executor(name: string): ExecutorCommand | undefined;
}

/** A process and how to recognise its descendants after they lost their parent: a mark in their environment. */
export interface ProcessRef {
  pid: number;
  /** `NAME=value` that every descendant inherits. */
  mark: string;
  child?: ChildProcess;
}

export interface ExecutorCommand {
  /** Programs to try in order, first found wins; empty for the file itself. */
  programs: readonly string[];
  /** Arguments before the file. */
  args: readonly string[];
}
