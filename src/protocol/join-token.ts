import { crc32 } from 'node:zlib';
import { AppError } from '../lib/errors.ts';
import { normalizeFingerprint } from './fingerprint.ts';

/** All that an endpoint needs to find, trust and join a server, in one string to paste. */
export interface JoinToken {
  /** `https://host:port`, no path. */
  serverUrl: string;
  /** SHA-256 of the root certificate's DER, 64 lower-case hex digits. */
  fingerprint: string;
  registrationKey: string;
}

const PREFIX = 'cmdr1.';

/** `cmdr1.` + base64url of [serverUrl, fingerprint, registrationKey] + `.` + CRC-32, so that a slip of the mouse is told from a refusal. */
export function formatJoinToken(token: JoinToken): string {
  const body = Buffer.from(
    JSON.stringify([token.serverUrl, token.fingerprint, token.registrationKey]),
  ).toString('base64url');
  return `${PREFIX}${body}.${checksum(body)}`;
}

/** @throws AppError TOKEN_INVALID saying whether it is no token at all, cut short, or mistyped. */
export function parseJoinToken(text: string): JoinToken {
  const token = text.replace(/\s/g, ''); // a terminal wraps it, and the wrap is copied along
  if (!token.startsWith(PREFIX)) {
    throw invalid(
      `it does not start with "${PREFIX}"; paste the whole token that "commander token create" printed`,
    );
  }
  const [body = '', sum, ...rest] = token.slice(PREFIX.length).split('.');
  if (sum === undefined || rest.length > 0 || sum !== checksum(body)) {
    throw invalid('its checksum does not match, so it was cut short or mistyped; copy it again');
  }
  return readBody(body);
}

function readBody(body: string): JoinToken {
  let fields: unknown;
  try {
    fields = JSON.parse(Buffer.from(body, 'base64url').toString());
  } catch (cause) {
    throw invalid('its content cannot be read', cause);
  }
  if (!Array.isArray(fields) || fields.length < 3 || !fields.every((field) => typeof field === 'string')) {
    throw invalid('its content is not a server, a fingerprint and a key');
  }
  const [serverUrl, fingerprint, registrationKey] = fields as [string, string, string];
  if (!isServerUrl(serverUrl))
    throw invalid(`its server "${serverUrl}" is not of the form "https://host:port"`);
  if (registrationKey === '') throw invalid('its registration key is empty');
  return { serverUrl, fingerprint: normalizeFingerprint(fingerprint), registrationKey };
}

function isServerUrl(text: string): boolean {
  const url = URL.parse(text);
  return url?.protocol === 'https:' && url.host !== '' && `${url.pathname}${url.search}${url.hash}` === '/';
}

function checksum(body: string): string {
  const sum = Buffer.alloc(4);
  sum.writeUInt32BE(crc32(body));
  return sum.toString('base64url');
}

function invalid(why: string, cause?: unknown): AppError {
  return new AppError('TOKEN_INVALID', `The join token is not valid: ${why}`, { cause });
}
