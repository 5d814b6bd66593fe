import { AppError } from '../../lib/errors.ts';
import { validateRootTrust } from '../../protocol/generated/certificates.js';
import { fingerprintMatches, fingerprintOf } from '../../protocol/fingerprint.ts';
import { parseJson } from '../../protocol/validate.ts';
import { PATHS } from '../../protocol/version.ts';
import { Transport } from './transport.ts';

/** What to hold the fetched root against: a fingerprint, or nothing but this first meeting. */
export type TrustAnchor = { fingerprint: string } | 'first-use';

/**
 * Fetches the server's root over a connection that cannot be verified yet, and gives it back only if it is the one expected.
 * @throws AppError FINGERPRINT_MISMATCH, and those of `Transport.send`
 */
export async function fetchRoot(server: string, anchor: TrustAnchor): Promise<string> {
  const what = `fetch the root certificate of "${server}"`;
  const reply = await new Transport({ server, roots: 'unverified' }).send({ what, path: PATHS.rootTrust });
  const { root, roots = [] } = parseJson(validateRootTrust, reply, `The root certificate of "${server}"`);
  if (anchor === 'first-use') return root;
  const pinned = [root, ...roots].find((candidate) => fingerprintMatches(candidate, anchor.fingerprint));
  if (pinned !== undefined) return pinned;
  throw new AppError(
    'FINGERPRINT_MISMATCH',
    `Server "${server}" has a root certificate with fingerprint ${fingerprintOf(root)}, not ${anchor.fingerprint}; ` +
      'check that this is your server',
  );
}
