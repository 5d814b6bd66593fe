import { AppError } from '../../lib/errors.ts';
import { normalizeFingerprint } from '../../protocol/fingerprint.ts';
import { parseJoinToken } from '../../protocol/join-token.ts';
import type { EnrollOrder } from '../../protocol/endpoint.ts';

/** Which server to join, by which right, and how to know that it is the one. */
export interface Trust {
  /** `https://host:port`, no path. */
  readonly serverUrl: string;
  readonly registrationKey: string;
  /** SHA-256 of the root certificate; undefined trusts whatever is shown at this first meeting. */
  readonly fingerprint: string | undefined;
  /** `http://host:port` of an original CAPy. */
  readonly capyUrl: string | undefined;
}

/**
 * Makes sense of what somebody typed.
 * @throws AppError TRUST_MISSING when nothing says whom to trust, TOKEN_INVALID, USAGE.
 */
export function resolveTrust(order: EnrollOrder): Trust {
  return order.token === undefined ? fromOptions(order) : fromToken(order.token, order);
}

function fromToken(token: string, order: EnrollOrder): Trust {
  for (const [given, option] of [
    [order.server, '--server'],
    [order.registrationKey, '--registration-key'],
    [order.caFingerprint, '--ca-fingerprint'],
    [order.trustOnFirstUse, '--trust-on-first-use'],
    [order.capy, '--capy'],
  ]) {
    if (given !== undefined && given !== false) {
      throw usage(`A join token says all there is to say; leave out "${String(option)}"`);
    }
  }
  return { ...parseJoinToken(token), capyUrl: undefined };
}

function fromOptions(order: EnrollOrder): Trust {
  const { server, registrationKey, caFingerprint, capy } = order;
  if (server === undefined) {
    throw new AppError(
      'TRUST_MISSING',
      'Nothing says which server to join; give "--token" with what "commander token create" printed',
    );
  }
  if (registrationKey === undefined || registrationKey === '') {
    throw usage('"--server" needs "--registration-key", the right to join');
  }
  return {
    serverUrl: originOf(server, { option: '--server', protocol: 'https:' }),
    registrationKey,
    fingerprint: resolveFingerprint(caFingerprint, order.trustOnFirstUse ?? false),
    capyUrl: capy === undefined ? undefined : originOf(capy, { option: '--capy', protocol: 'http:' }),
  };
}

function resolveFingerprint(given: string | undefined, trustOnFirstUse: boolean): string | undefined {
  if (given !== undefined) return normalizeFingerprint(given);
  if (trustOnFirstUse) return undefined;
  throw new AppError(
    'TRUST_MISSING',
    'Nothing says how to know the server; give "--ca-fingerprint" with that of its root certificate, or a join token, ' +
      'or "--trust-on-first-use" if nobody can be in between',
  );
}

/** Scheme, host and port; the scheme may be left out. */
function originOf(text: string, { option, protocol }: { option: string; protocol: string }): string {
  const url = URL.parse(text.includes('://') ? text : `${protocol}//${text}`);
  const bare = url !== null && url.username === '' && `${url.pathname}${url.search}${url.hash}` === '/';
  if (!bare || url.host === '' || url.protocol !== protocol) {
    throw usage(`"${option}" needs an address like "${protocol}//host:port", not "${text}"`);
  }
  return url.origin;
}

function usage(message: string): AppError {
  return new AppError('USAGE', message);
}
