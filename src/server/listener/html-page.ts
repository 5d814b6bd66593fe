import { STATUS_CODES } from 'node:http';

/** What the original's proxy says of a client certificate that does not count. */
export const CERTIFICATE_ERROR = 'The SSL certificate error';

/** Answers that the original's proxy gave are HTML, and clients may look for the words in them. */
export function htmlPage(status: number, why?: string): string {
  const name = STATUS_CODES[status] ?? '';
  return [
    `<html><head><title>${status} ${why ?? name}</title></head><body>`,
    `<center><h1>${status} ${name}</h1></center>`,
    ...(why === undefined ? [] : [`<center>${why}</center>`]),
    '</body></html>\n',
  ].join('\n');
}
