import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { runTool } from '../../../build/installers/run-tool.ts';
import { signerFromEnvironment, signFile } from '../../../build/installers/windows/authenticode.ts';
import { useCleanup } from '../../support/cleanup.ts';
import { makeTempDir } from '../../support/temp-dir.ts';
import { describeWith } from '../support/describe-with.ts';
import { writeWindowsStandIn } from '../support/stand-ins.ts';
import { makeTestCertificate } from '../support/test-certificate.ts';

test('nothing is signed when nothing says with what', () => {
  expect(signerFromEnvironment({})).toBeUndefined();
});

test.each([
  [
    'files',
    { SIGN_CERTIFICATE: 'c.pem', SIGN_KEY: 'k.pem', SIGN_TIMESTAMP_URL: 'http://tsa.example' },
    {
      key: { kind: 'files', certificatePath: 'c.pem', keyPath: 'k.pem', password: undefined },
      timestampUrl: 'http://tsa.example',
    },
  ],
  [
    'a token',
    {
      SIGN_CERTIFICATE: 'pkcs11:id=1',
      SIGN_KEY: 'pkcs11:id=2',
      SIGN_PKCS11_MODULE: 'm.so',
      SIGN_PASSWORD: '1234',
    },
    {
      key: {
        kind: 'pkcs11',
        modulePath: 'm.so',
        certificate: 'pkcs11:id=1',
        key: 'pkcs11:id=2',
        password: '1234',
      },
      timestampUrl: undefined,
    },
  ],
  [
    'the environment',
    { SIGN_PFX_BASE64: 'AAEC', SIGN_PASSWORD: 'x' },
    { key: { kind: 'pfx', pfx: Buffer.from([0, 1, 2]), password: 'x' }, timestampUrl: undefined },
  ],
])('the key can come from %s', (_, environment, expected) => {
  expect(signerFromEnvironment(environment)).toEqual(expected);
});

test.each([[{ SIGN_CERTIFICATE: 'c.pem' }], [{ SIGN_KEY: 'k.pem' }]])(
  'half of what is needed is refused',
  (environment) => {
    expect(() => signerFromEnvironment(environment)).toThrow(
      'Cannot sign: set both SIGN_CERTIFICATE and SIGN_KEY, or neither',
    );
  },
);

describeWith(['osslsigncode', 'openssl'], 'signing with a PFX from the environment', () => {
  const onEnd = useCleanup();

  test('gives a file that verifies', () => {
    const dir = makeTempDir(onEnd);
    const { certificatePath, keyPath } = makeTestCertificate(dir);
    const pfxPath = join(dir, 'key.pfx');
    runTool('openssl', [
      ...['pkcs12', '-export', '-in', certificatePath, '-inkey', keyPath],
      ...['-out', pfxPath, '-passout', 'pass:secret'],
    ]);
    const path = writeWindowsStandIn(join(dir, 'agent.exe'), '1.2.3');
    const environment = {
      SIGN_PFX_BASE64: readFileSync(pfxPath).toString('base64'),
      SIGN_PASSWORD: 'secret',
    };
    const signer = signerFromEnvironment(environment);
    if (signer === undefined) throw new Error('There must be a signer');
    signFile(path, { description: 'A test', signer });

    expect(runTool('osslsigncode', ['verify', '-in', path, '-CAfile', certificatePath])).toContain(
      'Succeeded',
    );
  });
});
