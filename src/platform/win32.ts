import { execFile, execFileSync } from 'node:child_process';
import { win32 } from 'node:path';
import { promisify } from 'node:util';
import { isReservedOnWindows } from '../lib/archive/entry-name.ts';
import { makePrivateDir as makeMissingDirs } from '../lib/make-private-dir.ts';
import { findProgram } from '../lib/process/find-program.ts';
import { self } from '../lib/self.ts';
import type { ProcessTree } from '../lib/process/process-tree.ts';
import { executorOn } from './executors.ts';
import { ListedTree } from './listed-tree.ts';
import type { HostFacts, Platform, ProgramStart, RootProcess, ShepherdOrder, TreeRoot } from './platform.ts';
import { knownRoot, treeMembers } from './tree-members.ts';
import { askIdentity, shepherdPipe } from './shepherd-pipe.ts';
import { listWin32Processes, systemProgram } from './win32-processes.ts';

const NAME = 'Commander Agent';
const SYSTEM_SID = '*S-1-5-18';
const ADMINISTRATORS_SID = '*S-1-5-32-544';

const ESSENTIAL = [
  ...[
    'SystemRoot',
    'SystemDrive',
    'windir',
    'ComSpec',
    'PATH',
    'PATHEXT',
    'TEMP',
    'TMP',
    'OS',
    'PSModulePath',
  ],
  ...['USERPROFILE', 'USERNAME', 'USERDOMAIN', 'HOMEDRIVE', 'HOMEPATH', 'APPDATA', 'LOCALAPPDATA', 'PUBLIC'],
  ...['ProgramData', 'ALLUSERSPROFILE', 'ProgramFiles', 'ProgramFiles(x86)', 'ProgramW6432'],
  ...['CommonProgramFiles', 'CommonProgramFiles(x86)', 'CommonProgramW6432'],
  ...['COMPUTERNAME', 'NUMBER_OF_PROCESSORS', 'PROCESSOR_ARCHITECTURE'],
];

export function win32Platform(host: HostFacts): Platform {
  const { environment } = host;
  const sharedDir = environment['ProgramData'] ?? String.raw`C:\ProgramData`;
  const userDir = environment['LOCALAPPDATA'] ?? win32.join(host.homeDir, 'AppData', 'Local');
  // Asked when somebody wants to know: it takes a library of Windows.
  const baseDir = (): string => win32.join(host.isAdmin ? sharedDir : userDir, NAME);
  return {
    os: 'win32',
    osLabel: 'Windows',
    defaultStateDir: () => win32.join(baseDir(), 'state'),
    defaultConfigPath: () => win32.join(baseDir(), 'config.json'),
    machineID: () => readMachineGuid(environment),
    ownGroup: { detached: false, windowsHide: true }, // detached would open a console window of its own
    processTree: (root) => win32Tree(root, environment),
    processIdentity: async (pid) => await askIdentity(shepherdPipe(pid)),
    shepherd: internalShepherd,
    makePrivateDir: (dir) => makePrivateDir(dir, host),
    isReservedName: isReservedOnWindows,
    essentialEnvironment: ESSENTIAL,
    executor: (name) => executorOn('win32', name),
    findProgram: (program, { PATH: path = '', PATHEXT: extensions }) =>
      findProgram(program, { path, windows: true, ...(extensions === undefined ? {} : { extensions }) }),
  };
}

/** No shell here waits for a program, passes its output on and writes down its end; so we do. */
function internalShepherd(order: ShepherdOrder): ProgramStart {
  const { executablePath, leadingArgs } = self();
  return { command: executablePath, args: [...leadingArgs, 'internal', 'shepherd', JSON.stringify(order)] };
}

function readMachineGuid(environment: NodeJS.ProcessEnv): string | undefined {
  const key = String.raw`HKLM\SOFTWARE\Microsoft\Cryptography`;
  const args = ['query', key, '/v', 'MachineGuid', '/reg:64'];
  return parseMachineGuid(execFileSync(systemProgram(environment, 'reg.exe'), args, { encoding: 'utf8' }));
}

export function parseMachineGuid(output: string): string | undefined {
  return /MachineGuid\s+REG_SZ\s+(\S+)/.exec(output)?.[1]?.toLowerCase();
}

/** Modes mean nothing here, and folders below ProgramData let every user read: so the folder's own list says who may. */
function makePrivateDir(dir: string, { environment, isAdmin }: HostFacts): void {
  makeMissingDirs(dir);
  const owners = [SYSTEM_SID, ADMINISTRATORS_SID];
  if (!isAdmin) owners.push(`${environment['USERDOMAIN'] ?? '.'}\\${environment['USERNAME'] ?? ''}`);
  const grants = owners.flatMap((owner) => ['/grant:r', `${owner}:(OI)(CI)F`]);
  execFileSync(systemProgram(environment, 'icacls.exe'), [dir, '/inheritance:r', ...grants], {
    stdio: 'ignore',
  });
}

function win32Tree(root: TreeRoot, environment: NodeJS.ProcessEnv): ProcessTree {
  const { mark, livingPid } = root;
  const living = livingPid === undefined ? undefined : { pid: livingPid, exitCode: null, signalCode: null };
  const child = root.child ?? living;
  const spawnedAt = Date.now() - 1000; // the child was started a moment ago
  async function list(): Promise<number[]> {
    const processes = await listWin32Processes(environment, mark.value);
    return treeMembers(processes, knownRoot(child, processes, spawnedAt)).map(({ pid }) => pid);
  }
  // Where PowerShell is locked away, taskkill has done what can be done.
  const orphans = new ListedTree({
    list,
    askSignals: [],
    killSignals: ['SIGKILL'],
  });
  return {
    ask: async () => await taskkill(environment, child),
    kill: async (deadlineMs) => {
      await taskkill(environment, child, '/f');
      return await orphans.kill(deadlineMs);
    },
  };
}

/** Ends what is below a child that still runs; its ID may be a stranger's as soon as it does not. */
async function taskkill(
  environment: NodeJS.ProcessEnv,
  child: RootProcess | undefined,
  ...force: '/f'[]
): Promise<void> {
  if (child?.pid === undefined || child.exitCode !== null || child.signalCode !== null) return;
  const args = ['/pid', String(child.pid), '/t', ...force];
  try {
    await promisify(execFile)(systemProgram(environment, 'taskkill.exe'), args, { windowsHide: true });
  } catch {
    // Fails when part of the tree has ended meanwhile, and always when asking console programs, which cannot be asked.
  }
}
