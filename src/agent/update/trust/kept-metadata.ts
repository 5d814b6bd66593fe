import { readFileSync } from 'node:fs';
import { writeFileAtomic } from '../../../lib/atomic-file.ts';
import { AppError, systemErrorCode } from '../../../lib/errors.ts';

export const ROLES = ['root', 'timestamp', 'snapshot', 'targets'] as const;
export type Role = (typeof ROLES)[number];

/** What has been verified of a server's releases: nothing older than this is believed any more. */
export interface ReleaseMetadata {
  /** Metadata belongs to one enrolment: another server has other keys. */
  readonly agentID: string;
  /** Milliseconds since the epoch at which all of it was last found to be current; 0 for never. */
  readonly verifiedAt: number;
  /** TUF metadata, as it came. */
  readonly files: Readonly<Partial<Record<Role, string>>> & { readonly root: string };
}

/** One file, replaced as a whole: metadata of which one half is new would be taken for an attack. */
export class KeptMetadata {
  readonly #path: string;

  constructor(path: string) {
    this.#path = path;
  }

  /** Undefined when there is none, or none that can be read: then trust begins again with the pinned root. */
  load(agentID: string): ReleaseMetadata | undefined {
    let text: string;
    try {
      text = readFileSync(this.#path, 'utf8');
    } catch (cause) {
      if (systemErrorCode(cause) === 'ENOENT') return undefined;
      throw new AppError('STATE_UNWRITABLE', `Cannot read "${this.#path}"`, { cause, retryable: true });
    }
    const kept = parse(text);
    return kept?.agentID === agentID ? kept : undefined;
  }

  /** @throws AppError STATE_UNWRITABLE */
  save(metadata: ReleaseMetadata): void {
    try {
      writeFileAtomic(this.#path, JSON.stringify(metadata), { mode: 0o600 });
    } catch (cause) {
      throw new AppError('STATE_UNWRITABLE', `Cannot write "${this.#path}"`, { cause, retryable: true });
    }
  }
}

function parse(text: string): ReleaseMetadata | undefined {
  try {
    const value = JSON.parse(text) as Partial<ReleaseMetadata> | null;
    const isWhole = typeof value?.files?.root === 'string' && typeof value.verifiedAt === 'number';
    return isWhole ? (value as ReleaseMetadata) : undefined;
  } catch {
    return undefined;
  }
}
