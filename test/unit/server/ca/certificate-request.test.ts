import { createPublicKey, generateKeyPairSync } from 'node:crypto';
import { expect, test } from '@jest/globals';
import { loadX509 } from '../../../../src/lib/x509.ts';
import { publicKeyHashOf, readCertificateRequest } from '../../../../src/server/ca/certificate-request.ts';

const RSA = { name: 'RSASSA-PKCS1-v1_5', publicExponent: new Uint8Array([1, 0, 1]), hash: 'SHA-256' };

async function makeRequest(algorithm: Algorithm): Promise<string> {
  const x509 = await loadX509();
  const keys = (await crypto.subtle.generateKey(algorithm, true, ['sign', 'verify'])) as CryptoKeyPair;
  const request = await x509.Pkcs10CertificateRequestGenerator.create({
    name: 'CN=me',
    keys,
    signingAlgorithm: algorithm,
  });
  return request.toString('pem');
}

const ec = (namedCurve: string, hash: string): Algorithm & object =>
  ({ name: 'ECDSA', namedCurve, hash }) as Algorithm;
const rsa = (modulusLength: number): Algorithm & object => ({ ...RSA, modulusLength }) as Algorithm;

test.each([
  ['EC P-256', ec('P-256', 'SHA-256'), 'ec'],
  ['EC P-384', ec('P-384', 'SHA-384'), 'ec'],
  ['Ed25519', { name: 'Ed25519' }, 'ed25519'],
  ['RSA of 2048 bits', rsa(2048), 'rsa'],
])('a key of %s is taken', async (_what, algorithm, type) => {
  const key = await readCertificateRequest(await makeRequest(algorithm));
  expect(key.asymmetricKeyType).toBe(type);
});

test.each([
  ['RSA of 1024 bits', rsa(1024)],
  ['EC P-521', ec('P-521', 'SHA-512')],
])('a key of %s is refused, and the sentence says what is needed', async (_what, algorithm) => {
  await expect(readCertificateRequest(await makeRequest(algorithm))).rejects.toMatchObject({
    code: 'CERTIFICATE_INVALID',
    message: expect.stringContaining('EC P-256 or P-384, Ed25519, or RSA') as unknown,
  });
});

test('a request signed by another key is refused', async () => {
  const request = Buffer.from(pemBody(await makeRequest(ec('P-256', 'SHA-256'))), 'base64');
  const at = request.length - 5; // inside the signature
  request.writeUInt8(request.readUInt8(at) ^ 1, at);
  const pem = `-----BEGIN CERTIFICATE REQUEST-----\n${request.toString('base64')}\n-----END CERTIFICATE REQUEST-----\n`;
  await expect(readCertificateRequest(pem)).rejects.toMatchObject({
    code: 'CERTIFICATE_INVALID',
    message: expect.stringContaining('not signed with its own key') as unknown,
  });
});

test.each([
  ['nothing', ''],
  ['text', 'hello'],
  ['an empty block', '-----BEGIN CERTIFICATE REQUEST-----\n-----END CERTIFICATE REQUEST-----\n'],
  ['garbage in a block', '-----BEGIN CERTIFICATE REQUEST-----\nAAAA\n-----END CERTIFICATE REQUEST-----\n'],
  ['a key', generateKeyPairSync('ed25519').publicKey.export({ format: 'pem', type: 'spki' })],
])('%s is no request', async (_what, pem) => {
  await expect(readCertificateRequest(pem)).rejects.toMatchObject({ code: 'CERTIFICATE_INVALID' });
});

test('a key has one hash, whichever object holds it, and no other key has it', () => {
  const { publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const again = createPublicKey(publicKey.export({ format: 'pem', type: 'spki' }));
  const { publicKey: other } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  expect(publicKeyHashOf(publicKey)).toMatch(/^[0-9a-f]{64}$/);
  expect(publicKeyHashOf(again)).toBe(publicKeyHashOf(publicKey));
  expect(publicKeyHashOf(other)).not.toBe(publicKeyHashOf(publicKey));
});

function pemBody(pem: string): string {
  return pem.replace(/-----[^-]+-----/g, '').replace(/\s/g, '');
}
