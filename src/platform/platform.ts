import type { ChildProcess } from 'node:child_process';
import type { ProcessTree } from '../lib/process/process-tree.ts';

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
  readonly ownGroup: { readonly detached: boolean; readonly windowsHide: boolean };
  /** Everything below `root`, also what left its group, its session or its parent. */
  processTree(root: TreeRoot): ProcessTree;
  /** Of a shepherd: a text that no other process has, had or will have; undefined when none lives under that ID. */
  processIdentity(pid: number): Promise<string | undefined>;
  /** How to start whoever keeps a program company when we are gone. */
  shepherd(order: ShepherdOrder): ProgramStart;
  /** Makes a folder that only this user (and the administrators) can enter. */
  makePrivateDir(dir: string): void;
  /** File names that this OS would read as devices or streams, in any folder. */
  isReservedName(name: string): boolean;
  /** Environment variables a child needs to work at all, whatever else is withheld. */
  readonly essentialEnvironment: readonly string[];
  /** How each executor that jobs may name is started here; undefined when this OS cannot have it. */
  executor(name: string): ExecutorCommand | undefined;
  /** Where `program` is on the search path of `environment`, as an absolute path. */
  findProgram(program: string, environment: NodeJS.ProcessEnv): string | undefined;
}

/**
 * Its folder is where a shepherd and an agent meet. `log-limits` says how many bytes a log file may have and how many older
 * ones are kept, and may be replaced at any time. `shepherd` holds the identity of the one shepherd that took the folder,
 * `program` the program's process ID, and `exit`, once it has ended, its exit code (128 and the number of a signal). What
 * is started for an order ends as soon as its shepherd has the folder, or cannot have it.
 */
export interface ShepherdOrder {
  /** Absolute, private, and of this run alone: also the value of the mark on all that the program starts. */
  readonly runDir: string;
  /** Older ones are kept beside it, as `<logPath>.1`, the youngest, and so on. */
  readonly logPath: string;
  readonly command: string;
  readonly args: readonly string[];
}

export interface ProgramStart {
  readonly command: string;
  readonly args: readonly string[];
}

/** A process, and how to recognise its descendants after they have lost it. */
export interface TreeRoot {
  /** Unknown after a restart of ours: then the mark alone tells. */
  readonly child?: RootProcess;
  /** Or the root's process ID, if it is known to live: for Windows, where a mark shows in command lines only. */
  readonly livingPid?: number | undefined;
  /** A variable that every descendant inherits, with a value that no other tree on this machine has. */
  readonly mark: TreeMark;
}

/** Until node has seen it exit (both codes null), a child keeps its process ID from being used again. */
export type RootProcess = Pick<ChildProcess, 'pid' | 'exitCode' | 'signalCode'>;

export interface TreeMark {
  readonly name: string;
  readonly value: string;
}

export interface ExecutorCommand {
  /** Programs to try in order, first found wins; empty for the file itself. */
  readonly programs: readonly string[];
  /** Arguments before the file. */
  readonly args: readonly string[];
}

/** What a platform is told of the machine and of who runs us, instead of looking. */
export interface HostFacts {
  readonly environment: NodeJS.ProcessEnv;
  readonly homeDir: string;
  /** `/`, but for tests. */
  readonly rootDir: string;
  /** Root, or an elevated administrator. */
  readonly isAdmin: boolean;
}
