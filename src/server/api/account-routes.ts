import type { FastifyInstance } from 'fastify';
import { SUCCESS } from '../../protocol/commander/replies.ts';
import { validateCredentials, validatePasswordChange } from '../../protocol/generated/admin/accounts.js';
import {
  validateCertificateRequest,
  validateServerCertificateRequest,
} from '../../protocol/generated/certificates.js';
import type { AccountList, LoginReply } from '../../protocol/schemas/admin/accounts.ts';
import type { CertificateReply } from '../../protocol/schemas/certificates.ts';
import { parse } from '../../protocol/validate.ts';
import { PATHS } from '../../protocol/version.ts';
import type { Services } from '../compose/services.ts';
import type { AdminGuard } from './admin-guard.ts';
import { requireFields } from './json-body.ts';

/** The two routes that need no token: they ask for the password itself. */
export function addLoginRoutes(scope: FastifyInstance, { accounts, tokens, log }: Services): void {
  scope.post(PATHS.adminLogin, async (request): Promise<LoginReply> => {
    const fields = requireFields(request, { data: ['username', 'password'] });
    const credentials = parse(validateCredentials, fields, 'The request');
    const { username } = await accounts.authenticate(credentials, request.ip);
    log.info('admin.logged-in', 'An admin logged in', { username, ip: request.ip });
    return { token: await tokens.issue(username) };
  });

  scope.patch(PATHS.adminLogin, async (request) => {
    const fields = requireFields(request, { data: ['username', 'password', 'newPassword'] });
    const { newPassword, ...credentials } = parse(validatePasswordChange, fields, 'The request');
    await accounts.changePassword(credentials, newPassword, request.ip);
    log.info('account.password-changed', 'A password was changed', { username: credentials.username });
    return { success: SUCCESS.passwordChanged };
  });
}

export function addAccountRoutes(
  scope: FastifyInstance,
  { accounts, certificateAuthority, log }: Services,
  guard: AdminGuard,
): void {
  scope.get(PATHS.adminAuthenticate, () => ({ success: SUCCESS.authenticated }));

  scope.get(PATHS.adminAccounts, async (): Promise<AccountList> => {
    const list = await accounts.list();
    return {
      accounts: list.map(({ username, createdAt }) => ({
        username,
        createdAt: new Date(createdAt).toISOString(),
      })),
    };
  });

  scope.post(PATHS.adminAccounts, async (request) => {
    const fields = requireFields(request, { data: ['username', 'password'] });
    const credentials = parse(validateCredentials, fields, 'The request');
    await accounts.add(credentials);
    log.info('account.added', 'An account was added', {
      username: credentials.username,
      by: guard.usernameOf(request),
    });
    return { success: SUCCESS.accountAdded };
  });

  scope.delete(PATHS.adminAccounts, async (request) => {
    const { username } = requireFields(request, { data: ['username'] });
    await accounts.remove(String(username));
    log.info('account.removed', 'An account was removed', { username, by: guard.usernameOf(request) });
    return { success: SUCCESS.accountRemoved };
  });

  scope.post(PATHS.adminCertificate, async (request): Promise<CertificateReply> => {
    guard.requireToken(request);
    const { csr } = parse(validateCertificateRequest, request.body, 'The request');
    const issued = await certificateAuthority.issueAdmin(csr, guard.usernameOf(request));
    return { cert: issued.certPem, roots: [...certificateAuthority.roots] };
  });

  scope.post(PATHS.serverCertificate, async (request): Promise<CertificateReply> => {
    guard.requireToken(request); // whoever has one can pass for the server for a year: more than a session is worth
    const { csr, names } = parse(validateServerCertificateRequest, request.body, 'The request');
    const issued = await certificateAuthority.issueServerFor(csr, names);
    log.info('server-certificate.issued', 'A certificate for a proxy was issued', {
      names,
      serial: issued.serial,
      by: guard.usernameOf(request),
    });
    return { cert: issued.certPem, roots: [...certificateAuthority.roots] };
  });
}
