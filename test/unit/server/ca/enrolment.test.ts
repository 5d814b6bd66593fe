import { X509Certificate } from 'node:crypto';
import { expect, test } from '@jest/globals';
import { createCertificateRequest } from '../../../../src/lib/certificate-request.ts';
import { silentLogger } from '../../../../src/lib/log.ts';
import { Enrolment } from '../../../../src/server/ca/enrolment.ts';
import { openCertificateAuthority } from '../../../../src/server/ca/open-certificate-authority.ts';
import type { AgentStore } from '../../../../src/store/server/agent-store.ts';
import { useCleanup } from '../../../support/cleanup.ts';
import { openTestStore } from '../../../support/server-records.ts';
import { SettableClock } from '../../../support/settable-clock.ts';
import { makeTempDir } from '../../../support/temp-dir.ts';

const onEnd = useCleanup();
const WISH = { hostname: 'web-1', os: 'Linux' };

async function open(): Promise<{ enrolment: Enrolment; agents: AgentStore; clock: SettableClock }> {
  const clock = new SettableClock();
  const { agents, certificates } = openTestStore(onEnd);
  const dataDir = makeTempDir(onEnd);
  const certificateAuthority = await openCertificateAuthority({
    dataDir,
    certificates,
    clock,
    log: silentLogger,
  });
  return { enrolment: new Enrolment({ certificateAuthority, agents, clock }), agents, clock };
}

async function makeRequest(): Promise<string> {
  return (await createCertificateRequest('whatever')).csr;
}

test('an agent gets an ID, a certificate that names it, and a record bound to its key', async () => {
  const { enrolment, agents, clock } = await open();
  const { agentID, ...issued } = await enrolment.enrol({ ...WISH, csr: await makeRequest() });
  expect(new X509Certificate(issued.certPem).subject).toBe(`OU=agent\nCN=${agentID}`);
  expect(await agents.get(agentID)).toEqual({
    ...WISH,
    agentID,
    group: 'default',
    enrolledAt: clock.now(),
    publicKeyHash: issued.publicKeyHash,
    certificateExpiresAt: issued.expiresAt,
  });
});

test('a host that enrols again is another agent', async () => {
  const { enrolment, agents } = await open();
  const csr = await makeRequest();
  await enrolment.enrol({ ...WISH, csr });
  await enrolment.enrol({ ...WISH, csr });
  expect(new Set((await agents.list()).map(({ agentID }) => agentID)).size).toBe(2);
});

test('a request that will not do makes no agent', async () => {
  const { enrolment, agents } = await open();
  await expect(enrolment.enrol({ ...WISH, csr: 'nonsense' })).rejects.toMatchObject({
    code: 'CERTIFICATE_INVALID',
  });
  expect(await agents.list()).toEqual([]);
});

test('a renewal binds the same agent to the new key', async () => {
  const { enrolment, agents } = await open();
  const { agentID } = await enrolment.enrol({ ...WISH, csr: await makeRequest() });
  const renewed = await enrolment.renew(agentID, await makeRequest());
  expect(new X509Certificate(renewed.certPem).subject).toBe(`OU=agent\nCN=${agentID}`);
  expect(await agents.get(agentID)).toMatchObject({
    publicKeyHash: renewed.publicKeyHash,
    certificateExpiresAt: renewed.expiresAt,
  });
});

test.each(['unknown', 'revoked'])('an %s agent gets no new certificate', async (what) => {
  const { enrolment, agents, clock } = await open();
  const { agentID } = await enrolment.enrol({ ...WISH, csr: await makeRequest() });
  if (what === 'revoked') await agents.revoke(agentID, clock.now());
  const renewal = enrolment.renew(what === 'revoked' ? agentID : 'none', await makeRequest());
  await expect(renewal).rejects.toMatchObject({ code: 'AGENT_NOT_FOUND' });
});
