import { expect, test } from '@jest/globals';
import { createCertificateRequest } from '../../../../src/lib/certificate-request.ts';
import { useTestServer } from '../../../support/test-server.ts';

const server = useTestServer();

const ROUTES = [
  ['POST', '/agent/register'],
  ['GET', '/agent/checkin'],
  ['GET', '/agent/execute'],
  ['POST', '/agent/history'],
  ['GET', `/agent/archives/${'0'.repeat(64)}`],
] as const;

test.each(ROUTES)('%s %s is for nobody without a certificate', async (method, path) => {
  expect((await server().client.call(method, path, { json: {} })).status).toBe(403);
});

test.each(ROUTES)('%s %s is not for admins', async (method, path) => {
  const { key, csr } = await createCertificateRequest('whatever');
  const token = await server().token();
  const issued = await server().client.call('POST', '/admin/certificate', { token, json: { csr } });
  const admin = server().clientWith({ cert: (issued.json as { cert: string }).cert, key });
  expect((await admin.call(method, path, { json: {} })).status).toBe(403);
});

const NAMED = [
  ['GET', '/agent/execute', { filename: 'x.sh' }],
  ['POST', '/agent/history', { job: { filename: 'x.sh' } }],
  ['GET', `/agent/archives/${'0'.repeat(64)}`, {}],
] as const;

test.each(NAMED)('%s %s is refused for an agent that nobody knows', async (method, path, json) => {
  const { client } = await server().agent('known.example');
  const answer = await client.call(method, path, { agentID: 'nobody', json });
  expect([answer.status, answer.json]).toEqual([400, { error: 'agent ID not found' }]);
});

test.each(NAMED)('%s %s is refused in the name of another agent', async (method, path, json) => {
  const victims = [
    await server().agent('victim.example'),
    await server().originalAgent('old-victim.example'),
  ];
  const attackers = [
    await server().agent('attacker.example'),
    await server().originalAgent('old-attacker.example'),
  ];
  for (const { client } of attackers) {
    for (const { agentID } of victims) {
      const answer = await client.call(method, path, { agentID, json });
      expect([answer.status, answer.json]).toEqual([
        403,
        { error: 'agent ID does not belong to this certificate' },
      ]);
    }
  }
});
