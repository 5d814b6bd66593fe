import { readFileSync } from 'node:fs';
import { AppError } from '../../lib/errors.ts';
import type { Console } from '../console.ts';
import { askHidden } from './hidden-prompt.ts';

export interface PasswordSource {
  /** Given by a flag; `-` is stdin. */
  file: string | undefined;
  /** Its name, for the sentence that says how to give a password. */
  flag: string;
  /** Environment variable to look at when there is no file. */
  variable: string;
  question: string;
}

/**
 * A password never stands on the command line, where every process of the machine can read it: it comes from a file,
 * the environment or a hidden prompt, in this order. @throws AppError USAGE, CONFIG_INVALID
 */
export async function readPassword(console: Console, source: PasswordSource): Promise<string> {
  if (source.file !== undefined) return await readFirstLine(console, source.file);
  const fromEnv = console.env[source.variable];
  if (fromEnv) return fromEnv;
  if (!console.isTTY) {
    throw new AppError(
      'USAGE',
      `No password: give ${source.flag} FILE or ${source.variable}, or use a terminal`,
    );
  }
  return await askHidden(console, source.question);
}

const SHORTEST = 8;
/** bcrypt looks at no more. */
const LONGEST_BYTES = 72;

/** As `readPassword`, and asks twice, because nobody sees what they type. */
export async function readNewPassword(console: Console, source: PasswordSource): Promise<string> {
  const password = await readPassword(console, source);
  if (password.length < SHORTEST || Buffer.byteLength(password) > LONGEST_BYTES) {
    throw new AppError(
      'USAGE',
      `A new password must have at least ${SHORTEST} characters and at most ${LONGEST_BYTES} bytes`,
    );
  }
  const wasTyped = source.file === undefined && !console.env[source.variable];
  if (wasTyped && password !== (await askHidden(console, `${source.question}, again`))) {
    throw new AppError('USAGE', 'The two passwords are not the same, so nothing was changed');
  }
  return password;
}

async function readFirstLine(console: Console, file: string): Promise<string> {
  const [password = ''] = (await readAll(console, file)).split(/\r?\n/, 1);
  if (password !== '') return password;
  throw new AppError(
    'CONFIG_INVALID',
    `Password file "${file}" is empty; its first line must be the password`,
  );
}

async function readAll(console: Console, file: string): Promise<string> {
  try {
    if (file !== '-') return readFileSync(file, 'utf8');
    let text = '';
    for await (const chunk of console.stdin) text += String(chunk);
    return text;
  } catch (cause) {
    throw new AppError('CONFIG_INVALID', `Cannot read password file "${file}"`, { cause });
  }
}
