import { readFileSync } from 'node:fs';
import { AppError } from '../../lib/errors.ts';
import { validateReleaseChange } from '../../protocol/generated/releases.js';
import type { ReleaseChange, ReleaseDraft } from '../../protocol/schemas/releases.ts';
import { parseJson } from '../../protocol/validate.ts';

export interface Request {
  draft: ReleaseDraft;
  needs: ReleaseChange['needs'];
}

/** What "releases publish" left to be signed. @throws AppError MESSAGE_INVALID, PROGRAM_MISSING */
export function readRequest(path: string): Request {
  let text: string;
  try {
    text = readFileSync(path, 'utf8');
  } catch (cause) {
    throw new AppError('PROGRAM_MISSING', `Cannot read "${path}"`, { cause });
  }
  const { draft, needs } = parseJson(validateReleaseChange, text, `"${path}"`);
  if (draft !== undefined) return { draft, needs };
  throw new AppError('MESSAGE_INVALID', `"${path}" holds nothing that is to be signed`);
}
