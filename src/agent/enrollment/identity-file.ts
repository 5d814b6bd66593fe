import { AppError } from '../../lib/errors.ts';

/** Content of `identity.json`. */
export interface IdentityFile {
  readonly version: 1;
  readonly agentID: string;
  readonly serverUrl: string;
  readonly issuer: 'server' | 'capy';
  /** ISO 8601, UTC. */
  readonly enrolledAt: string;
  /** Hash of the machine's ID; absent where it was unknown. */
  readonly machine?: string;
  /** Folder of the pair that has connected. */
  readonly pair: string;
  /** The server's first releases root (TUF), as it came with the enrolment; absent where none came. */
  readonly releasesRoot?: string | undefined;
  /** Folder of a renewed pair that has yet to connect. */
  readonly candidate?: string | undefined;
}

/** @throws AppError STATE_CORRUPT, or STATE_TOO_NEW when a later version of the agent wrote it */
export function checkIdentityFile(text: string, path: string): IdentityFile {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (cause) {
    throw corrupt(path, cause);
  }
  if (typeof value !== 'object' || value === null) throw corrupt(path);
  const file = value as Record<keyof IdentityFile, unknown>;
  if (typeof file.version === 'number' && file.version > 1) {
    throw new AppError(
      'STATE_TOO_NEW',
      `The identity in "${path}" was written by a newer agent; run that one`,
    );
  }
  const texts = [file.agentID, file.serverUrl, file.enrolledAt, file.pair];
  const optionals = [file.machine, file.releasesRoot, file.candidate].filter((field) => field !== undefined);
  const knownIssuer = file.issuer === 'server' || file.issuer === 'capy';
  if (!knownIssuer || ![...texts, ...optionals].every((field) => typeof field === 'string'))
    throw corrupt(path);
  return file as IdentityFile;
}

function corrupt(path: string, cause?: unknown): AppError {
  return new AppError(
    'STATE_CORRUPT',
    `The identity in "${path}" cannot be read; enrol again with "--force"`,
    { cause },
  );
}
