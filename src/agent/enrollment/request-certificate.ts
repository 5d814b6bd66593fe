import { X509Certificate, createPrivateKey } from 'node:crypto';
import { createCertificateRequest } from '../../lib/certificate-request.ts';
import { AppError } from '../../lib/errors.ts';
import type { HttpClient } from '../../lib/http-client/http-client.ts';
import { errorOfReply, errorTextOf } from '../../lib/http-client/http-errors.ts';
import { validateCertificateReply, validateEnrollReply } from '../../protocol/generated/certificates.js';
import { parseJson } from '../../protocol/validate.ts';
import { PATHS } from '../../protocol/version.ts';
import type { Credentials } from '../identity.ts';

export interface Joined {
  readonly agentID: string;
  readonly credentials: Credentials;
  /** Absent from a server that publishes no releases. */
  readonly releasesRoot?: string;
}

export interface JoinRequest {
  readonly registrationKey: string;
  readonly hostname: string;
  readonly os: string;
  readonly signal: AbortSignal;
}

/**
 * From nothing to an identity in one request; the key is made here and stays here.
 * @throws AppError CREDENTIALS_REFUSED for a wrong registration key, and those of any request
 */
export async function joinServer(client: HttpClient, request: JoinRequest): Promise<Joined> {
  const { signal, ...facts } = request;
  const { key, csr } = await createCertificateRequest(request.hostname);
  const reply = await client.request({ method: 'POST', path: PATHS.csr, json: { ...facts, csr }, signal });
  if (reply.status === 401) throw keyRefused(errorTextOf(reply));
  if (reply.status !== 200) throw errorOfReply('enrol with the server', reply, Date.now());
  const answer = parseJson(validateEnrollReply, reply.text, 'The answer to the enrolment');
  const { agentID, cert, roots, releasesRoot } = answer;
  const credentials = checkPair({ key, cert, roots: joinPems(roots) });
  return { agentID, credentials, ...(releasesRoot === undefined ? {} : { releasesRoot }) };
}

/**
 * A new key and certificate for the agent that `client` shows the certificate of.
 * @throws AppError, retryable where waiting can help
 */
export async function renewCertificate(
  client: HttpClient,
  { agentID, signal }: { agentID: string; signal: AbortSignal },
): Promise<Credentials> {
  const { key, csr } = await createCertificateRequest(agentID);
  const reply = await client.request({ method: 'POST', path: PATHS.renew, json: { csr }, signal });
  if (reply.status !== 200) throw errorOfReply('renew the certificate', reply, Date.now());
  const { cert, roots } = parseJson(validateCertificateReply, reply.text, 'The answer to the renewal');
  return checkPair({ key, cert, roots: joinPems(roots) });
}

export function joinPems(pems: readonly string[]): string {
  return pems.map((pem) => `${pem.trim()}\n`).join('');
}

/** A pair that does not fit together would only be noticed at the next connection, when the old one is gone. */
export function checkPair(credentials: Credentials): Credentials {
  let fits: boolean;
  try {
    fits = new X509Certificate(credentials.cert).checkPrivateKey(createPrivateKey(credentials.key));
  } catch (cause) {
    throw new AppError('CERTIFICATE_INVALID', 'The certificate from the server cannot be read', { cause });
  }
  if (!fits) throw new AppError('CERTIFICATE_INVALID', 'The certificate from the server is not for our key');
  return credentials;
}

/** The original spells its refusal "invalild"; ours is said the same way, so the status is what counts. */
export function keyRefused(said: string | undefined): AppError {
  const message = 'The server refused the registration key; get a fresh token with "commander token create"';
  return new AppError('CREDENTIALS_REFUSED', message, {
    cause: said === undefined ? undefined : new Error(said),
  });
}
