import { extname, posix } from 'node:path';

export interface ExecutorGuess {
  readonly executor: string;
  /** What the library shows as its system. */
  readonly os: string;
}

const BY_EXTENSION: Readonly<Record<string, ExecutorGuess>> = {
  '.bash': { executor: 'bash', os: 'any' },
  '.bat': { executor: 'cmd', os: 'Windows' },
  '.cmd': { executor: 'cmd', os: 'Windows' },
  '.exe': { executor: 'binary', os: 'Windows' },
  '.ps1': { executor: 'powershell', os: 'Windows' },
  '.py': { executor: 'python', os: 'any' },
  '.sh': { executor: 'sh', os: 'any' },
};

/** From the first line, then from the kind of file, then from its name; undefined when none of them tells. `content` may be its beginning only. */
export function guessExecutor(filename: string, content: string): ExecutorGuess | undefined {
  const interpreter = shebangInterpreter(content);
  if (interpreter !== undefined) return { executor: interpreter, os: 'any' };
  if (content.startsWith('\u007fELF')) return { executor: 'binary', os: 'Linux' };
  if (content.startsWith('MZ')) return { executor: 'binary', os: 'Windows' };
  return BY_EXTENSION[extname(filename).toLowerCase()];
}

/** `#!/usr/bin/env -S python3 -u` and `#!/usr/bin/python3.11` both mean python. */
function shebangInterpreter(content: string): string | undefined {
  const [, line] = /^#!\s*(\S[^\r\n]*)/.exec(content) ?? [];
  if (line === undefined) return undefined;
  const words = line.split(/\s+/).map((word) => posix.basename(word));
  const program =
    words[0] === 'env'
      ? words.slice(1).find((word) => !word.startsWith('-') && !word.includes('='))
      : words[0];
  return program !== undefined && /^python[\d.]*$/.test(program) ? 'python' : program;
}
