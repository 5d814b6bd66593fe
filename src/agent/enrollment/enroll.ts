import { X509Certificate } from 'node:crypto';
import type { Clock } from '../../lib/clock.ts';
import { AppError } from '../../lib/errors.ts';
import { HttpClient } from '../../lib/http-client/http-client.ts';
import type { Platform } from '../../platform/platform.ts';
import type { EnrollOrder, EnrollSummary } from '../../protocol/endpoint.ts';
import { fingerprintOf } from '../../protocol/fingerprint.ts';
import { fetchRoot } from './fetch-root.ts';
import type { IdentityFolder } from './identity-folder.ts';
import { joinOriginal } from './join-original.ts';
import { joinPems, joinServer, type Joined } from './request-certificate.ts';
import { resolveTrust, type Trust } from './trust.ts';

export interface EnrollOptions {
  readonly folder: IdentityFolder;
  readonly platform: Pick<Platform, 'osLabel'>;
  readonly hostname: string;
  readonly userAgent: string;
  readonly clock: Pick<Clock, 'now'>;
  readonly signal: AbortSignal;
}

/**
 * Joins a server and keeps the identity it gives; until that is whole, nothing on this machine has changed.
 * @throws AppError TRUST_MISSING, TOKEN_INVALID, USAGE, FINGERPRINT_MISMATCH, CREDENTIALS_REFUSED, STATE_UNWRITABLE, ALREADY_ENROLLED, or
 * that of a failed request
 */
export async function enroll(order: EnrollOrder, options: EnrollOptions): Promise<EnrollSummary> {
  if (order.force !== true) refuseSecondEnrolment(options.folder);
  const trust = resolveTrust(order);
  options.folder.requireWritable(); // before the server has made an agent that would never come
  const root = await fetchPinnedRoot(trust, options);
  const { agentID, credentials, ...more } = await join(trust, root, options);
  const { serverUrl, capyUrl } = trust;
  const issuer = capyUrl === undefined ? 'server' : 'capy';
  const enrolledAt = new Date(options.clock.now()).toISOString();
  options.folder.replace({ agentID, serverUrl, issuer, enrolledAt, ...more }, credentials);
  return {
    agentID,
    server: serverUrl,
    fingerprint: fingerprintOf(root),
    certificateExpiresAt: new X509Certificate(credentials.cert).validToDate.toISOString(),
    warnings: warningsOf(trust),
  };
}

function refuseSecondEnrolment(folder: IdentityFolder): void {
  const server = folder.enrolledWith();
  if (server === undefined) return;
  throw new AppError(
    'ALREADY_ENROLLED',
    `This endpoint is enrolled with "${server}" already; give "--force" to replace its identity by a new one`,
  );
}

/** Nothing but the root goes over a connection that cannot be verified yet; with CAPy that is plain HTTP. */
async function fetchPinnedRoot(
  { serverUrl, capyUrl, fingerprint }: Trust,
  options: EnrollOptions,
): Promise<string> {
  const url = capyUrl ?? serverUrl;
  const { userAgent, signal } = options;
  const client = new HttpClient({ baseUrl: url, userAgent, tls: 'unverified' });
  try {
    return await fetchRoot({ client, url, fingerprint, signal });
  } finally {
    client.close();
  }
}

async function join(trust: Trust, root: string, options: EnrollOptions): Promise<Joined> {
  const { serverUrl, capyUrl, registrationKey } = trust;
  const { userAgent, hostname, signal, platform } = options;
  const request = { registrationKey, hostname, os: platform.osLabel, signal };
  const tls = { ca: joinPems([root]) };
  const client = new HttpClient({ baseUrl: capyUrl ?? serverUrl, userAgent, tls });
  try {
    if (capyUrl === undefined) return await joinServer(client, request);
    return await joinOriginal(client, { ...request, serverUrl, capyUrl, userAgent, root });
  } finally {
    client.close();
  }
}

function warningsOf({ capyUrl, fingerprint }: Trust): string[] {
  return [
    ...(capyUrl === undefined
      ? []
      : [
          'The private key was made by CAPy and came over plain HTTP: whoever runs or reaches CAPy can act as this agent',
        ]),
    ...(fingerprint === undefined
      ? [
          'The root certificate was trusted at first sight; compare its fingerprint with the one of your server',
        ]
      : []),
  ];
}
