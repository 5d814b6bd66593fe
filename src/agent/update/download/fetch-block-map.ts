import { createHash } from 'node:crypto';
import { AppError } from '../../../lib/errors.ts';
import type { HttpClient } from '../../../lib/http-client/http-client.ts';
import { validateBlockMap } from '../../../protocol/generated/releases.js';
import type { BlockMap } from '../../../protocol/schemas/releases.ts';
import { parseJson } from '../../../protocol/validate.ts';
import { PATHS } from '../../../protocol/version.ts';
import { fetchBytes } from '../fetch-bytes.ts';
import type { SignedRelease } from '../trust/signed-releases.ts';

export interface BlockMapRequest {
  readonly agentID: string;
  readonly release: SignedRelease;
  readonly signal: AbortSignal;
}

/** That of an executable of several gigabytes. */
const MAX_BYTES = 8 * 1024 * 1024;
const ATTEMPT = "fetch the new version's block map";

/** @throws AppError RELEASE_UNTRUSTED, RELEASE_NOT_FOUND, SERVER_UNREACHABLE, SERVER_ERROR, SERVER_REFUSED */
export async function fetchBlockMap(
  client: HttpClient,
  { agentID, release: { blockMap, executable }, signal }: BlockMapRequest,
): Promise<BlockMap> {
  const { size, sha256 } = blockMap;
  if (size > MAX_BYTES) throw untrusted(`it has ${size} bytes, more than any can`);
  const path = `${PATHS.updates}/targets/${sha256}`;
  const fetched = await fetchBytes(client, { path, agentID, maxBytes: size, attempt: ATTEMPT, signal });
  if (fetched === undefined)
    throw new AppError('RELEASE_NOT_FOUND', `Cannot ${ATTEMPT}: the server has lost it`);
  const { bytes } = fetched;
  if (createHash('sha256').update(bytes).digest('hex') !== sha256) {
    throw untrusted('it is not what was signed', { retryable: true });
  }
  const map = parseJson(validateBlockMap, bytes.toString(), 'The block map', 'RELEASE_UNTRUSTED');
  const total = map.blocks.reduce((sum, [length]) => sum + length, 0);
  if (total === map.size && map.size === executable.size && map.sha256 === executable.sha256) return map;
  throw untrusted('it is that of another file');
}

function untrusted(reason: string, options: { retryable?: boolean } = {}): AppError {
  return new AppError('RELEASE_UNTRUSTED', `Cannot ${ATTEMPT}: ${reason}`, options);
}
