import type { FastifyInstance } from 'fastify';
import { REFUSED } from '../../protocol/commander/replies.ts';
import { validateCertificateRequest, validateEnrollRequest } from '../../protocol/generated/certificates.js';
import type {
  CertificateReply,
  EnrollReply,
  HostCertificate,
  RootTrust,
} from '../../protocol/schemas/certificates.ts';
import { parse } from '../../protocol/validate.ts';
import { PATHS } from '../../protocol/version.ts';
import type { CertificateAuthority } from '../ca/certificate-authority.ts';
import { Enrolment } from '../ca/enrolment.ts';
import type { Services } from '../compose/services.ts';
import { makeErrorHandler } from './error-handler.ts';
import { badRequest, refusal } from './http-refusal.ts';
import { acceptJsonBodies, requireFields } from './json-body.ts';
import { requireRegistrationKey } from './require-registration-key.ts';

export interface CertificateRouteOptions {
  certificateAuthority: CertificateAuthority;
  /** Serves CAPy's call that makes and hands out private keys, to anyone. */
  legacyCapy: boolean;
}

/** Everything under /ca: the original CAPy's API (COMMANDER.md, part 2), and identities for keys made elsewhere. */
export function registerCertificateRoutes(
  app: FastifyInstance,
  services: Services,
  options: CertificateRouteOptions,
): void {
  const { roots } = options.certificateAuthority;
  app.register((scope, _options, done) => {
    scope.setErrorHandler(makeErrorHandler(services.log));
    acceptJsonBodies(scope);
    scope.get(PATHS.rootTrust, (): RootTrust => ({ root: roots[0] ?? '', roots: [...roots] }));
    addEnrolment(scope, services, options);
    addHostCertificates(scope, options);
    done();
  });
}

function addEnrolment(
  scope: FastifyInstance,
  services: Services,
  { certificateAuthority }: CertificateRouteOptions,
): void {
  const { agents, clock, peerOf, releases } = services;
  const enrolment = new Enrolment({ certificateAuthority, agents, clock });
  const roots = [...certificateAuthority.roots];

  scope.post(PATHS.csr, async (request): Promise<EnrollReply> => {
    const fields = requireFields(request, { data: ['csr', 'registrationKey', 'hostname', 'os'] });
    const { registrationKey, ...wish } = parse(validateEnrollRequest, fields, 'The request');
    await requireRegistrationKey(request, registrationKey, services);
    const { agentID, certPem } = await enrolment.enrol(wish);
    return { agentID, cert: certPem, roots, releasesRoot: releases.root };
  });

  scope.post(PATHS.renew, async (request): Promise<CertificateReply> => {
    const peer = await peerOf(request.raw);
    if (peer.kind !== 'agent') throw refusal(403, "an agent's client certificate is required");
    const { csr } = parse(
      validateCertificateRequest,
      requireFields(request, { data: ['csr'] }),
      'The request',
    );
    const { certPem } = await enrolment.renew(peer.subject, csr);
    return { cert: certPem, roots };
  });
}

function addHostCertificates(
  scope: FastifyInstance,
  { certificateAuthority, legacyCapy }: CertificateRouteOptions,
): void {
  scope.get(PATHS.hostCertificate, async (request): Promise<HostCertificate> => {
    if (!legacyCapy) {
      throw refusal(404, 'this server hands out no private keys unless it is started with --legacy-capy');
    }
    const { body } = request;
    if (body === undefined) throw badRequest();
    if (!isObject(body)) throw refusal(400, REFUSED.notJsonObject);
    const { certPem, keyPem } = await certificateAuthority.issueLegacyHost(body);
    return { cert: certPem, key: keyPem, root: certificateAuthority.roots[0] ?? '' };
  });
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
