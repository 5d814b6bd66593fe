import type { ExecutorCommand, OsName } from './platform.ts';

const POWERSHELL_ARGS = ['-NoProfile', '-NonInteractive', '-ExecutionPolicy', 'Bypass', '-File'];

/** Executors that need more than a program of their own name. */
const EXECUTORS: Record<string, Partial<Record<OsName, ExecutorCommand>> | undefined> = {
  binary: { linux: direct(), darwin: direct(), win32: direct() },
  // cross-spawn starts a batch file by "cmd.exe /d /s /c" and quotes its arguments so that cmd cannot read them as commands.
  cmd: { win32: direct() },
  python: {
    linux: { programs: ['python3', 'python'], args: [] },
    darwin: { programs: ['python3', 'python'], args: [] },
    // python3.exe is often only the stub that opens the Store.
    win32: { programs: ['python', 'py', 'python3'], args: [] },
  },
  powershell: {
    linux: { programs: ['pwsh'], args: POWERSHELL_ARGS },
    darwin: { programs: ['pwsh'], args: POWERSHELL_ARGS },
    win32: { programs: ['powershell', 'pwsh'], args: POWERSHELL_ARGS },
  },
};

/** How `name` starts a file on `os`: from the table, or as an interpreter of that name. Undefined when there can be none. */
export function executorOn(os: OsName, name: string): ExecutorCommand | undefined {
  if (Object.hasOwn(EXECUTORS, name)) return EXECUTORS[name]?.[os];
  // Only names: a path would let a job choose any file of the host, whatever the policy calls it.
  const isBareName = /^[A-Za-z0-9][A-Za-z0-9._+-]*$/.test(name);
  return isBareName ? { programs: [name], args: [] } : undefined;
}

function direct(): ExecutorCommand {
  return { programs: [], args: [] };
}
