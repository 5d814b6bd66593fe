import { expect, test } from '@jest/globals';
import { createCertificateRequest } from '../../../../src/lib/certificate-request.ts';
import { useTestServer } from '../../../support/test-server.ts';

const server = useTestServer();

test('knowing it is never slow, however many join at once', async () => {
  const { client } = await server().originalAgent('many.example');
  const key = await server().registrationKey();
  const json = { registrationKey: key, hostname: 'a', os: 'Linux' };
  const statuses = await Promise.all(
    Array.from({ length: 20 }, async () => (await client.call('POST', '/agent/register', { json })).status),
  );
  expect(new Set(statuses)).toEqual(new Set([200]));
});

test('guessing the registration key is slowed down, by whichever door', async () => {
  const { client } = await server().originalAgent('guesser.example');
  const { csr } = await createCertificateRequest('guesser');
  const guess = async (registrationKey: string, door: string): Promise<number> => {
    const json = { registrationKey, hostname: 'a', os: 'Linux', csr };
    return (await client.call('POST', door, { json })).status;
  };
  const doors = ['/agent/register', '/ca/csr'];
  const statuses: number[] = [];
  for (let count = 0; count < 6; count++) statuses.push(await guess('wrong', doors[count % 2] ?? ''));
  expect(statuses).toEqual([401, 401, 401, 401, 401, 429]);
  expect(await guess(await server().registrationKey(), '/agent/register')).toBe(429);
});
