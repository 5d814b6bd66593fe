import { AppError } from '../lib/errors.ts';
import { validateReleaseTarget } from './generated/releases.js';
import type { ReleaseTarget } from './schemas/releases.ts';

/** In two pieces, because this module is in executables, too, and must not find itself. */
const BEGIN = ['commander-agent', 'release '].join(' ');
const END = ';';
/** Longer than any mark. */
const MAX_BYTES = 512;

/** What goes into each packed agent, so that the file itself says which version it is, and for what. */
export function releaseMark({ version, platform }: ReleaseTarget): string {
  return `${BEGIN}${JSON.stringify({ version, platform })}${END}\n`;
}

/**
 * Looks for the mark in a file, which may come in pieces of any length.
 * @throws AppError RELEASE_INVALID when there are two that contradict each other
 */
export class ReleaseMarkFinder {
  #tail = Buffer.alloc(0);
  #found: ReleaseTarget | undefined;

  add(chunk: Uint8Array): void {
    const bytes = Buffer.concat([this.#tail, chunk]);
    for (let at = bytes.indexOf(BEGIN); at !== -1; at = bytes.indexOf(BEGIN, at + 1)) {
      const mark = readMark(bytes.toString('latin1', at + BEGIN.length, at + MAX_BYTES));
      if (mark !== undefined) this.#take(mark);
    }
    this.#tail = bytes.subarray(-MAX_BYTES);
  }

  /** Undefined while none came. */
  get found(): ReleaseTarget | undefined {
    return this.#found;
  }

  #take(mark: ReleaseTarget): void {
    this.#found ??= mark;
    const { version, platform } = this.#found;
    if (version === mark.version && platform === mark.platform) return;
    throw new AppError(
      'RELEASE_INVALID',
      `The file calls itself both ${version} for ${platform} and ${mark.version} for ${mark.platform}`,
    );
  }
}

function readMark(text: string): ReleaseTarget | undefined {
  const end = text.indexOf(END);
  if (end === -1) return undefined; // the rest is in the next piece
  try {
    const mark: unknown = JSON.parse(text.slice(0, end));
    return validateReleaseTarget(mark) ? mark : undefined;
  } catch {
    return undefined; // something else that begins alike
  }
}
