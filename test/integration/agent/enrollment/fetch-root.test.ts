import { expect, test } from '@jest/globals';
import { fetchRoot } from '../../../../src/agent/enrollment/fetch-root.ts';
import { HttpClient } from '../../../../src/lib/http-client/http-client.ts';
import { fingerprintOf } from '../../../../src/protocol/fingerprint.ts';
import { useCleanup } from '../../../support/cleanup.ts';
import { ScriptedServer, reply } from '../../../support/scripted-server.ts';
import { TestAuthority } from '../../../support/test-authority.ts';

const onEnd = useCleanup();

/** Asks a server that answers so for the root that the fingerprint names. */
async function fetchFrom(answer: object, fingerprint: string | undefined): Promise<string> {
  const server = await ScriptedServer.start(onEnd);
  server.script = (_, response) => reply(response, 200, answer);
  const client = new HttpClient({ baseUrl: server.url, userAgent: 'x', tls: 'unverified' });
  onEnd(() => client.close());
  return await fetchRoot({ client, url: server.url, fingerprint, signal: new AbortController().signal });
}

async function makeRoots(): Promise<[string, string]> {
  return [(await TestAuthority.create('one')).rootPem, (await TestAuthority.create('two')).rootPem];
}

test('of several roots only the one that the fingerprint names is given back', async () => {
  const [one, two] = await makeRoots();
  expect(await fetchFrom({ root: one, roots: [one, two] }, fingerprintOf(two))).toBe(two);
});

test('without a fingerprint it is the first', async () => {
  const [one, two] = await makeRoots();
  expect(await fetchFrom({ root: one, roots: [two] }, undefined)).toBe(one);
});

test('when none is the one, both fingerprints are said', async () => {
  const [one, two] = await makeRoots();
  await expect(fetchFrom({ root: one }, fingerprintOf(two))).rejects.toMatchObject({
    code: 'FINGERPRINT_MISMATCH',
    message: expect.stringMatching(
      new RegExp(`${fingerprintOf(one)}, not the expected ${fingerprintOf(two)}`),
    ),
  });
});

test('a second certificate in the text of one does not slip in', async () => {
  const [one, two] = await makeRoots();
  await expect(fetchFrom({ root: `${one}${two}` }, fingerprintOf(one))).rejects.toMatchObject({
    code: 'CERTIFICATE_INVALID',
  });
});

test('nor does it at first sight', async () => {
  const [one, two] = await makeRoots();
  await expect(fetchFrom({ root: `${one}${two}` }, undefined)).rejects.toMatchObject({
    code: 'CERTIFICATE_INVALID',
  });
});
