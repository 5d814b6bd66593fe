import { extname } from 'node:path';

/** The original guesses the type from the job's name, although the body is an archive. */
const TYPES: Readonly<Record<string, string>> = {
  '.bat': 'text/plain',
  '.css': 'text/css',
  '.csv': 'text/csv',
  '.gz': 'application/gzip',
  '.htm': 'text/html',
  '.html': 'text/html',
  '.js': 'text/javascript',
  '.json': 'application/json',
  '.py': 'text/x-python',
  '.sh': 'text/x-sh',
  '.tar': 'application/x-tar',
  '.txt': 'text/plain',
  '.xml': 'text/xml',
  '.zip': 'application/zip',
};

export function contentTypeOf(filename: string): string {
  const type = TYPES[extname(filename).toLowerCase()] ?? 'application/octet-stream';
  return type.startsWith('text/') ? `${type}; charset=utf-8` : type;
}

/** As the original's framework writes it: an ASCII name, bare where it can be, and the true name beside it where it differs. */
export function contentDisposition(filename: string): string {
  const ascii = filename.normalize('NFKD').replace(/[^\x20-\x7e]/g, '');
  const plain = `inline; filename=${quote(ascii)}`;
  return ascii === filename ? plain : `${plain}; filename*=UTF-8''${percentEncode(filename)}`;
}

function quote(value: string): string {
  if (/^[A-Za-z0-9!#$%&'*+\-.^_`|~]+$/.test(value)) return value;
  return `"${value.replace(/["\\]/g, '\\$&')}"`;
}

/** RFC 5987: what `encodeURIComponent` leaves bare is more than an attribute may hold. */
function percentEncode(value: string): string {
  return encodeURIComponent(value.toWellFormed()).replace(
    /['()*]/g,
    (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`,
  );
}
