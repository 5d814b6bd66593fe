import { AppError } from '../../lib/errors.ts';
import { REFUSED } from '../../protocol/commander/replies.ts';
import type { LegacyHostRequest } from './certificate-authority.ts';
import type { SubjectPart } from './sign-certificate.ts';

/** What the original's request comes to. */
export interface HostClaim {
  /** In lower case. */
  readonly hostname: string;
  readonly name: string;
  readonly subject: readonly SubjectPart[];
  readonly altNames: readonly string[];
  readonly maxDays: number;
  readonly keyBits: number;
}

const MAX_HOSTNAME = 253;
const MAX_COMMON_NAME = 64;
const MAX_DAYS = 826;
const DEFAULT_DAYS = 825;
const KEY_BITS = [2048, 3072, 4096];
const STREET = '2.5.4.9';
/** The request's names of subject attributes and the certificate's. OU is missing: it holds our role. */
const ATTRIBUTES = { C: 'C', ST: 'ST', L: 'L', A: STREET, O: 'O', E: 'E' } as const;

/** @throws AppError NAME_INVALID with the original's text, or CERTIFICATE_INVALID for options where the original fails */
export function readLegacyRequest(request: LegacyHostRequest): HostClaim {
  const hostname = readHostname(request['hostname']);
  const { CN: name = hostname, DNS = [], maxDays = DEFAULT_DAYS, keySize = KEY_BITS[0] } = request;
  if (typeof name !== 'string' || name === '' || name.length > MAX_COMMON_NAME) {
    throw invalid(`CN must be 1 to ${MAX_COMMON_NAME} characters; give a shorter one`);
  }
  if (!Array.isArray(DNS) || !DNS.every(isAltName)) throw invalid('DNS must be a list of host names');
  if (!isInteger(maxDays) || maxDays < 1 || maxDays > MAX_DAYS)
    throw invalid(`maxDays must be 1 to ${MAX_DAYS}`);
  if (!isInteger(keySize) || !KEY_BITS.includes(keySize))
    throw invalid(`keySize must be one of ${KEY_BITS.join(', ')}`);
  if ((request['publicExponent'] ?? 65537) !== 65537) throw invalid('publicExponent must be 65537');
  return {
    hostname,
    name,
    subject: readSubject(request),
    altNames: [...new Set([hostname, ...(DNS as string[])])],
    maxDays,
    keyBits: keySize,
  };
}

function readHostname(hostname: unknown): string {
  if (hostname === undefined) throw new AppError('NAME_INVALID', REFUSED.hostnameMissing);
  if (typeof hostname === 'string' && isHostname(hostname)) return hostname.toLowerCase();
  throw new AppError('NAME_INVALID', REFUSED.hostnameWrong);
}

function isHostname(text: string): boolean {
  return text.length <= MAX_HOSTNAME && /^[a-z0-9-]{1,63}(\.[a-z0-9-]{1,63})*$/i.test(text);
}

function isAltName(value: unknown): boolean {
  return typeof value === 'string' && isHostname(value.replace(/^\*\./, ''));
}

function readSubject(request: LegacyHostRequest): SubjectPart[] {
  return Object.entries(ATTRIBUTES).flatMap(([name, attribute]) => {
    const value = request[name];
    if (value === undefined || value === '') return [];
    if (typeof value !== 'string' || value.length > 128)
      throw invalid(`${name} must be text of up to 128 characters`);
    if (name === 'E' && !/^[\x21-\x7e]+$/.test(value)) throw invalid('E must be an e-mail address in ASCII');
    if (name === 'C' && !/^[A-Z]{2}$/i.test(value)) throw invalid('C must be a country code of two letters');
    return [[attribute, value] as const];
  });
}

function isInteger(value: unknown): value is number {
  return Number.isSafeInteger(value);
}

function invalid(what: string): AppError {
  return new AppError('CERTIFICATE_INVALID', `Cannot make this host certificate: ${what}`);
}
