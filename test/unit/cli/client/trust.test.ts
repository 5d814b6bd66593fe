import { expect, test } from '@jest/globals';
import { fetchRoot } from '../../../../src/cli/client/trust.ts';
import { AdminServer } from '../../../support/admin-server.ts';
import { useCleanup } from '../../../support/cleanup.ts';
import { TestAuthority } from '../../../support/test-authority.ts';

const onEnd = useCleanup();

async function startServer(): Promise<AdminServer> {
  const server = await AdminServer.start();
  onEnd(() => server.close());
  return server;
}

test('the root is given back when its fingerprint is the expected one', async () => {
  const { url, fingerprint, authority } = await startServer();
  await expect(fetchRoot(url, { fingerprint })).resolves.toBe(authority.rootPem);
});

test('of several roots the one with the fingerprint is taken', async () => {
  const server = await startServer();
  const { rootPem } = await TestAuthority.create('Next CA');
  server.answer('GET /ca/root-trust', {
    json: { root: rootPem, roots: [rootPem, server.authority.rootPem] },
  });
  await expect(fetchRoot(server.url, { fingerprint: server.fingerprint })).resolves.toBe(
    server.authority.rootPem,
  );
});

test('another root is refused, with both fingerprints', async () => {
  const { url, fingerprint } = await startServer();
  const expected = '0'.repeat(64);
  await expect(fetchRoot(url, { fingerprint: expected })).rejects.toMatchObject({
    code: 'FINGERPRINT_MISMATCH',
    message: expect.stringContaining(`${fingerprint}, not ${expected}`),
  });
});

test('at first use whatever is shown is taken', async () => {
  const { url, authority } = await startServer();
  await expect(fetchRoot(url, 'first-use')).resolves.toBe(authority.rootPem);
});

test('an answer without a certificate is refused', async () => {
  const server = await startServer();
  server.answer('GET /ca/root-trust', { json: { root: 'hello' } });
  await expect(fetchRoot(server.url, 'first-use')).rejects.toMatchObject({ code: 'MESSAGE_INVALID' });
});
