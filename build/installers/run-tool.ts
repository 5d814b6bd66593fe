import { spawnSync } from 'node:child_process';

export interface RunToolOptions {
  cwd?: string;
  env?: NodeJS.ProcessEnv;
  input?: string | Uint8Array;
}

/** Runs one of the packaging tools to its end and returns what it printed. Throws with its own words when it fails. */
export function runTool(tool: string, args: readonly string[], options: RunToolOptions = {}): string {
  const { status, stdout, stderr, error } = spawnSync(tool, args, {
    ...options,
    encoding: 'utf8',
    maxBuffer: 64 * 1024 * 1024,
  });
  if (error !== undefined) throw new Error(explainMissing(tool, error), { cause: error });
  if (status !== 0)
    throw new Error(`"${tool}" failed with exit code ${status}: ${(stderr || stdout).trim().slice(-4000)}`);
  return stdout;
}

export function hasTool(tool: string): boolean {
  return spawnSync('sh', ['-c', 'command -v "$1"', 'sh', tool], { stdio: 'ignore' }).status === 0;
}

function explainMissing(tool: string, error: NodeJS.ErrnoException): string {
  if (error.code !== 'ENOENT') return `Cannot run "${tool}"`;
  return `Cannot run "${tool}": it is not installed; "npm run installers:tools" installs what installers need`;
}
