import { join } from 'node:path';
import { AppError } from '../lib/errors.ts';
import type { Platform } from './platform.ts';

/** What is run, as jobs, tasks and services say it. */
export interface Program {
  readonly executor: string;
  /** At the top of `filesDir`. */
  readonly filename: string;
  readonly argv?: readonly string[] | undefined;
}

export interface ProgramPlace {
  readonly filesDir: string;
  /** The agent's own environment, of which programs get the essential part. */
  readonly environment: NodeJS.ProcessEnv;
  /** What this program gets besides. */
  readonly variables: NodeJS.ProcessEnv;
}

export interface ProgramCommand {
  /** The absolute path of the interpreter, or of the program's own file. */
  readonly command: string;
  readonly args: readonly string[];
  readonly env: NodeJS.ProcessEnv;
  /** Whether the program's file is started itself, and so must be executable. */
  readonly isDirect: boolean;
}

/**
 * How a program is started on this host.
 * @throws AppError UNSUPPORTED or INTERPRETER_MISSING
 */
export function programCommand(
  { executor, filename, argv = [] }: Program,
  { filesDir, environment, variables }: ProgramPlace,
  platform: Platform,
): ProgramCommand {
  const how = platform.executor(executor);
  if (how === undefined) throw new AppError('UNSUPPORTED', `Executor "${executor}" does not exist here`);
  const filePath = join(filesDir, filename);
  const env = { ...variables, ...essentialOf(environment, platform) };
  if (how.programs.length === 0) return { command: filePath, args: argv, env, isDirect: true };
  for (const program of how.programs) {
    const command = platform.findProgram(program, env);
    if (command !== undefined)
      return { command, args: [...how.args, filePath, ...argv], env, isDirect: false };
  }
  const wanted = how.programs.map((program) => `"${program}"`).join(', ');
  throw new AppError(
    'INTERPRETER_MISSING',
    `Cannot run "${filename}": ${wanted} not found on this host's PATH (${env['PATH'] ?? 'not set'}); install it, or use another executor`,
  );
}

/** Only what programs cannot do without: the agent's own variables may hold what is no program's business. */
function essentialOf(environment: NodeJS.ProcessEnv, platform: Platform): NodeJS.ProcessEnv {
  const env: NodeJS.ProcessEnv = {};
  for (const name of platform.essentialEnvironment)
    if (environment[name] !== undefined) env[name] = environment[name];
  return env;
}
