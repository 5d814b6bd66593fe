import { expect, test } from '@jest/globals';
import { hostLabel } from '../../../../src/agent/enrollment/join-original.ts';

test.each([
  ['web-1.example', 'web-1.example'],
  ['WEB-1', 'web-1'],
  ['my_host', 'my-host'],
  ['grüße.example', 'gr--e.example'],
  ['-x-.y', 'x.y'],
  ['a..b.', 'a.b'],
  [`${'x'.repeat(70)}.y`, `${'x'.repeat(63)}.y`],
  ['_', 'agent'],
  ['', 'agent'],
])('CAPy is asked for a certificate for "%s" as "%s"', (hostname, label) => {
  expect(hostLabel(hostname)).toBe(label);
});
