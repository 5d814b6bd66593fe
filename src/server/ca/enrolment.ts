import { randomUUID } from 'node:crypto';
import type { Clock } from '../../lib/clock.ts';
import { AppError } from '../../lib/errors.ts';
import type { EnrollRequest } from '../../protocol/schemas/certificates.ts';
import type { AgentStore } from '../../store/server/agent-store.ts';
import type { CertificateAuthority, Issued } from './certificate-authority.ts';

export interface EnrolmentOptions {
  certificateAuthority: Pick<CertificateAuthority, 'issueAgent'>;
  agents: AgentStore;
  clock: Clock;
}

/** Gives agents their identity: an ID in a certificate for a key that never left the endpoint. */
export class Enrolment {
  readonly #options: EnrolmentOptions;

  constructor(options: EnrolmentOptions) {
    this.#options = options;
  }

  /** The registration key has been checked. Each call makes a new agent. @throws AppError CERTIFICATE_INVALID */
  async enrol({
    csr,
    hostname,
    os,
  }: Omit<EnrollRequest, 'registrationKey'>): Promise<Issued & { agentID: string }> {
    const { certificateAuthority, agents, clock } = this.#options;
    const agentID = randomUUID();
    const issued = await certificateAuthority.issueAgent(csr, agentID);
    await agents.add({
      agentID,
      hostname,
      os,
      enrolledAt: clock.now(),
      publicKeyHash: issued.publicKeyHash,
      certificateExpiresAt: issued.expiresAt,
    });
    return { ...issued, agentID };
  }

  /**
   * A new certificate for the same agent, with the same key or another. The one before counts until some time after the
   * new one was first used, so that an answer lost on the way costs nothing.
   * @throws AppError CERTIFICATE_INVALID or AGENT_NOT_FOUND
   */
  async renew(agentID: string, csr: string): Promise<Issued> {
    const { certificateAuthority, agents } = this.#options;
    const agent = await agents.get(agentID);
    if (agent === undefined || agent.revokedAt !== undefined) {
      throw new AppError('AGENT_NOT_FOUND', 'This server does not know the agent any more; enrol it again');
    }
    const issued = await certificateAuthority.issueAgent(csr, agentID);
    await agents.rebind(agentID, issued.publicKeyHash, issued.expiresAt);
    return issued;
  }
}
