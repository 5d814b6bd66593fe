import { HttpClient } from '../../lib/http-client/http-client.ts';
import { errorOfReply, errorTextOf } from '../../lib/http-client/http-errors.ts';
import { AppError } from '../../lib/errors.ts';
import { fingerprintMatches, fingerprintOf } from '../../protocol/fingerprint.ts';
import { validateHostCertificate, validateRegisterReply } from '../../protocol/generated/certificates.js';
import { parseJson } from '../../protocol/validate.ts';
import { PATHS } from '../../protocol/version.ts';
import type { Credentials } from '../identity.ts';
import { checkPair, joinPems, keyRefused, type JoinRequest, type Joined } from './request-certificate.ts';

export interface OriginalJoinRequest extends JoinRequest {
  readonly serverUrl: string;
  readonly capyUrl: string;
  readonly userAgent: string;
  /** The root that was pinned before, PEM. */
  readonly root: string;
}

/** Gets a pair from an original CAPy, which makes the key itself, and registers with an original server. */
export async function joinOriginal(capy: HttpClient, request: OriginalJoinRequest): Promise<Joined> {
  const credentials = await fetchPair(capy, request);
  const { serverUrl, userAgent } = request;
  const tls = { ca: credentials.roots, cert: credentials.cert, key: credentials.key };
  const client = new HttpClient({ baseUrl: serverUrl, userAgent, tls });
  try {
    return { agentID: await register(client, request), credentials };
  } finally {
    client.close();
  }
}

async function fetchPair(capy: HttpClient, request: OriginalJoinRequest): Promise<Credentials> {
  const json = { hostname: hostLabel(request.hostname) };
  const { signal } = request;
  const reply = await capy.request({ method: 'GET', path: PATHS.hostCertificate, json, signal });
  if (reply.status !== 200) throw errorOfReply('get a certificate from CAPy', reply, Date.now());
  const { cert, key, root } = parseJson(validateHostCertificate, reply.text, 'The certificate from CAPy');
  if (!fingerprintMatches(root, fingerprintOf(request.root))) {
    throw new AppError(
      'FINGERPRINT_MISMATCH',
      `CAPy at "${request.capyUrl}" named two different root certificates`,
    );
  }
  return checkPair({ key, cert, roots: joinPems([root]) });
}

async function register(client: HttpClient, request: OriginalJoinRequest): Promise<string> {
  const { registrationKey, hostname, os, signal } = request;
  const json = { registrationKey, hostname, os };
  const reply = await client.request({ method: 'POST', path: PATHS.register, json, signal });
  if (reply.status === 401) throw keyRefused(errorTextOf(reply));
  if (reply.status !== 200) throw errorOfReply('register with the server', reply, Date.now());
  return parseJson(validateRegisterReply, reply.text, 'The answer to the registration').agentID;
}

/** CAPy takes letters, digits, dots and hyphens, 63 to a label; a name that it dislikes may be spoilt there for ever. */
export function hostLabel(hostname: string): string {
  const labels = hostname
    .toLowerCase()
    .split('.')
    .map((label) =>
      label
        .replaceAll(/[^a-z0-9-]/g, '-')
        .slice(0, 63)
        .replaceAll(/^-+|-+$/g, ''),
    );
  return labels.filter((label) => label !== '').join('.') || 'agent';
}
