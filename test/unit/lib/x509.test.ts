import { expect, test } from '@jest/globals';
import { loadX509 } from '../../../src/lib/x509.ts';

test('the library is there, with the polyfill that it insists on, and only once', async () => {
  const [first, second] = [await loadX509(), await loadX509()];
  expect([typeof first.X509CertificateGenerator.create, second === first]).toEqual(['function', true]);
});
