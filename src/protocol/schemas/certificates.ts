import Type from 'typebox';
import { Pem } from './common.ts';

/** POST /ca/csr: one request from key to identity. The registration key is the authority to enrol. */
export const EnrollRequest = Type.Object({
  csr: Pem,
  registrationKey: Type.String(),
  hostname: Type.String({ minLength: 1, maxLength: 253 }),
  os: Type.String({ minLength: 1, maxLength: 64 }),
});
export type EnrollRequest = Type.Static<typeof EnrollRequest>;

export const EnrollReply = Type.Object({
  agentID: Type.String({ minLength: 1 }),
  cert: Pem,
  roots: Type.Array(Pem, { minItems: 1 }),
  /** TUF root metadata as JSON text, from which on the agent believes in releases. */
  releasesRoot: Type.Optional(Type.String({ maxLength: 512_000 })),
});
export type EnrollReply = Type.Static<typeof EnrollReply>;

/** POST /ca/renew with the certificate about to be replaced (also for a while after it expired), and POST /admin/certificate. */
export const CertificateRequest = Type.Object({ csr: Pem });
export type CertificateRequest = Type.Static<typeof CertificateRequest>;

/** POST /admin/server-certificate: for a proxy that ends TLS before this server, by the names that clients call it. */
export const ServerCertificateRequest = Type.Object({
  csr: Pem,
  names: Type.Array(Type.String({ maxLength: 253 }), { minItems: 1, maxItems: 100 }),
});
export type ServerCertificateRequest = Type.Static<typeof ServerCertificateRequest>;

export const CertificateReply = Type.Object({ cert: Pem, roots: Type.Array(Pem, { minItems: 1 }) });
export type CertificateReply = Type.Static<typeof CertificateReply>;

/** GET /ca/root-trust; `roots` only from our server, when more than one root is trusted. */
export const RootTrust = Type.Object({ root: Pem, roots: Type.Optional(Type.Array(Pem)) });
export type RootTrust = Type.Static<typeof RootTrust>;

/** GET /ca/host-certificate of the original CAPy. */
export const HostCertificate = Type.Object({ cert: Pem, key: Pem, root: Pem });
export type HostCertificate = Type.Static<typeof HostCertificate>;

export const RegisterReply = Type.Object({ agentID: Type.String({ minLength: 1 }) });
export type RegisterReply = Type.Static<typeof RegisterReply>;
