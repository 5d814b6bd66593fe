import { AppError } from '../../lib/errors.ts';
import type { HttpClient } from '../../lib/http-client/http-client.ts';
import { errorOfReply } from '../../lib/http-client/http-errors.ts';
import { fingerprintMatches, fingerprintOf } from '../../protocol/fingerprint.ts';
import { validateRootTrust } from '../../protocol/generated/certificates.js';
import { parseJson } from '../../protocol/validate.ts';
import { PATHS } from '../../protocol/version.ts';

export interface RootRequest {
  /** Unverified, and used for nothing else. */
  readonly client: HttpClient;
  /** Where from, for messages. */
  readonly url: string;
  /** Undefined trusts whatever comes. */
  readonly fingerprint: string | undefined;
  readonly signal: AbortSignal;
}

/**
 * The one root certificate (PEM) that the fingerprint names. Others that come along are not trusted: the server's verified answer
 * to the enrolment names them again.
 * @throws AppError FINGERPRINT_MISMATCH, SERVER_UNREACHABLE, SERVER_ERROR, SERVER_REFUSED, MESSAGE_INVALID
 */
export async function fetchRoot({ client, url, fingerprint, signal }: RootRequest): Promise<string> {
  const reply = await client.request({ method: 'GET', path: PATHS.rootTrust, signal });
  if (reply.status !== 200) throw errorOfReply(`fetch the root certificate of "${url}"`, reply, Date.now());
  const { root, roots = [] } = parseJson(validateRootTrust, reply.text, `The root certificate of "${url}"`);
  const shown = fingerprintOf(root); // also refuses a text that holds more than the one certificate
  if (fingerprint === undefined) return root;
  const pinned = [root, ...roots].find((candidate) => fingerprintMatches(candidate, fingerprint));
  if (pinned !== undefined) return pinned;
  throw new AppError(
    'FINGERPRINT_MISMATCH',
    `The root certificate of "${url}" has the fingerprint ${shown}, not the expected ${fingerprint}; ` +
      'check that this is your server and that the token or fingerprint is its own',
  );
}
