import { expect, test } from '@jest/globals';
import { contentDisposition, contentTypeOf } from '../../../../src/server/api/content-headers.ts';

test.each([
  ['x.sh', 'text/x-sh; charset=utf-8'],
  ['X.SH', 'text/x-sh; charset=utf-8'],
  ['notes.txt', 'text/plain; charset=utf-8'],
  ['x.json', 'application/json'],
  ['x.zip', 'application/zip'],
  ['x', 'application/octet-stream'],
  ['x.unknown', 'application/octet-stream'],
  ['.sh', 'application/octet-stream'],
])('the type of "%s" is guessed from its name: %s', (filename, type) => {
  expect(contentTypeOf(filename)).toBe(type);
});

test.each([
  ['x.sh', 'inline; filename=x.sh'],
  ['my job.sh', 'inline; filename="my job.sh"'],
  ['a"b\\c.sh', 'inline; filename="a\\"b\\\\c.sh"'],
  ['grüße ☃.sh', 'inline; filename="grue .sh"; filename*=UTF-8\'\'gr%C3%BC%C3%9Fe%20%E2%98%83.sh'],
  [
    "it's (one)*é.sh",
    "inline; filename=\"it's (one)*e.sh\"; filename*=UTF-8''it%27s%20%28one%29%2A%C3%A9.sh",
  ],
  ['☃', 'inline; filename=""; filename*=UTF-8\'\'%E2%98%83'],
])('the name "%s" is put into the header as %s', (filename, header) => {
  expect(contentDisposition(filename)).toBe(header);
});
