import { createPrivateKey, createPublicKey } from 'node:crypto';
import { expect, test } from '@jest/globals';
import { createCertificateRequest } from '../../../src/lib/certificate-request.ts';
import { loadX509 } from '../../../src/lib/x509.ts';

test('the request names whom it is for, is signed by the key, and both are made anew each time', async () => {
  const x509 = await loadX509();
  const { key, csr } = await createCertificateRequest('host-1.example');
  const request = new x509.Pkcs10CertificateRequest(csr);
  const privateKey = createPrivateKey(key);
  expect({
    subject: request.subject,
    isSigned: await request.verify(),
    curve: privateKey.asymmetricKeyDetails?.namedCurve,
    publicKey: Buffer.from(request.publicKey.rawData).toString('hex'),
  }).toEqual({
    subject: 'CN=host-1.example',
    isSigned: true,
    curve: 'prime256v1',
    publicKey: createPublicKey(privateKey).export({ type: 'spki', format: 'der' }).toString('hex'),
  });
  expect((await createCertificateRequest('host-1.example')).key).not.toBe(key);
});

test('a host name with characters that mean something in a name is still one name', async () => {
  const x509 = await loadX509();
  const { csr } = await createCertificateRequest('a,CN=b+c');
  expect(new x509.Pkcs10CertificateRequest(csr).subjectName.getField('CN')).toEqual(['a,CN=b+c']);
});
