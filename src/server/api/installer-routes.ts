import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { isAppError } from '../../lib/errors.ts';
import { missingParameters } from '../../protocol/commander/replies.ts';
import type { InstallerList, InstallerView } from '../../protocol/schemas/admin/installers.ts';
import { MAX_INSTALLER_BYTES, PATHS } from '../../protocol/version.ts';
import { chooseInstaller } from '../installers/choose-installer.ts';
import { fillInstallScript, type ScriptName } from '../installers/install-script.ts';
import type { Upload } from '../library/archive-files.ts';
import type { Services } from '../compose/services.ts';
import type { AdminGuard } from './admin-guard.ts';
import { makeErrorHandler } from './error-handler.ts';
import { refusal } from './http-refusal.ts';
import type { Query } from './query.ts';
import { sendFile } from './send-file.ts';

interface NameParams {
  Params: { name: string };
}

/** What a machine that knows nothing yet may fetch: scripts and installers, the same for everybody and without a secret in them. */
export function registerDownloadRoutes(app: FastifyInstance, services: Services): void {
  const { installers, log } = services;
  app.register((scope, _options, done) => {
    scope.setErrorHandler(makeErrorHandler(log));
    addScript(scope, services, { path: PATHS.installSh, name: 'sh' });
    addScript(scope, services, { path: PATHS.installPs1, name: 'ps1' });
    scope.get<NameParams>(
      `${PATHS.downloads}/:name`,
      async (request, reply) =>
        await sendInstaller(request, reply, services, installers.get(request.params.name)),
    );
    done();
  });
}

function addScript(
  scope: FastifyInstance,
  { installers, certificateAuthority, publicUrl }: Services,
  { path, name }: { path: string; name: ScriptName },
): void {
  const { fingerprint } = certificateAuthority;
  scope.get(path, async (_request, reply) => {
    const facts = { serverUrl: publicUrl(), fingerprint, installers: installers.list() };
    const script = fillInstallScript(name, facts);
    if (script !== undefined) return await reply.type('text/plain; charset=utf-8').send(script);
    throw refusal(404, 'there is nothing to install yet: "commander installers add FILE" adds it', {
      code: 'INSTALLER_NOT_FOUND',
    });
  });
}

/** The multipart plugin must be registered in `scope`. */
export function addInstallerRoutes(scope: FastifyInstance, services: Services, guard: AdminGuard): void {
  const { installers, log } = services;

  scope.get(PATHS.installers, (): InstallerList => ({ installers: [...installers.list()] }));

  scope.post(PATHS.installers, async (request): Promise<InstallerView> => {
    const by = guard.usernameOf(request);
    const installer = await receiveInstaller(request, services, by);
    const { name, sha256, size } = installer;
    log.info('installer.added', 'An installer was added', { name, sha256, size, by });
    return installer;
  });

  scope.delete<NameParams>(`${PATHS.installers}/:name`, async (request) => {
    const { name } = request.params;
    await installers.remove(name);
    log.info('installer.removed', 'An installer was removed', { name, by: guard.usernameOf(request) });
    return { success: 'installer removed' };
  });

  /** The original's call, as it was meant: the name of a system in the body; ours takes it from the query, too. */
  scope.get<{ Querystring: Query }>(PATHS.installer, async (request, reply) => {
    const { os, arch, format } = { ...textsOf(request.body), ...request.query };
    if (os === undefined) throw refusal(400, missingParameters([], ['os']));
    const chosen = chooseInstaller(installers.list(), { os, arch, format });
    reply.header('content-disposition', `attachment; filename="${chosen.name}"`);
    return await sendInstaller(request, reply, services, chosen);
  });
}

/** One part, a file; its name says what it is. Nothing is left of it when it is refused. */
async function receiveInstaller(
  request: FastifyRequest,
  { installers, installerFiles }: Services,
  by: string,
): Promise<InstallerView> {
  const limits = { fileSize: 2 * MAX_INSTALLER_BYTES, files: 1 };
  const part = request.isMultipart() ? await request.file({ limits }) : undefined;
  if (part?.fieldname !== 'file') throw refusal(400, missingParameters([], ['file']));
  const upload = await receive(part.file, installerFiles);
  try {
    return await installers.add(part.filename, upload, by);
  } finally {
    await installerFiles.discard(upload);
  }
}

async function receive(content: AsyncIterable<Buffer>, files: Services['installerFiles']): Promise<Upload> {
  try {
    return await files.receive(content, MAX_INSTALLER_BYTES);
  } catch (error) {
    if (!isAppError(error, 'ARCHIVE_TOO_LARGE')) throw error;
    throw refusal(413, `the installer is larger than ${MAX_INSTALLER_BYTES} bytes`);
  }
}

const MEDIA_TYPES: Readonly<Record<InstallerView['format'], string>> = {
  deb: 'application/vnd.debian.binary-package',
  rpm: 'application/x-rpm',
  msi: 'application/x-msi',
  pkg: 'application/vnd.apple.installer+xml',
  executable: 'application/octet-stream',
};

async function sendInstaller(
  request: FastifyRequest,
  reply: FastifyReply,
  { installers }: Services,
  installer: InstallerView,
): Promise<FastifyReply> {
  return await sendFile(request, reply, {
    path: installers.pathOf(installer),
    etag: `"${installer.sha256}"`,
    headers: { 'content-type': MEDIA_TYPES[installer.format], 'cache-control': 'no-cache' },
  });
}

function textsOf(body: unknown): Query {
  const fields = typeof body === 'object' && body !== null ? Object.entries(body) : [];
  return Object.fromEntries(
    fields.filter((field): field is [string, string] => typeof field[1] === 'string'),
  );
}
