import type { FastifyInstance, FastifyRequest } from 'fastify';
import { isAppError } from '../../lib/errors.ts';
import { missingParameters } from '../../protocol/commander/replies.ts';
import {
  validateForgetKeysRequest,
  validatePublishRequest,
  validateReleaseDraft,
  validateRoleRequest,
} from '../../protocol/generated/releases.js';
import type {
  ExportedKeys,
  ReleaseChange,
  ReleaseList,
  ReleaseRole,
  StagedRelease,
} from '../../protocol/schemas/releases.ts';
import { parse } from '../../protocol/validate.ts';
import { MAX_INSTALLER_BYTES, PATHS } from '../../protocol/version.ts';
import type { ReceivedFile } from '../releases/file-store.ts';
import type { Services } from '../compose/services.ts';
import type { AdminGuard } from './admin-guard.ts';
import { refusal } from './http-refusal.ts';
import { bodyFields } from './json-body.ts';

/** Versions of the agent. The multipart plugin must be registered in `scope`. */
export function addReleaseRoutes(scope: FastifyInstance, services: Services, guard: AdminGuard): void {
  const { releases, log } = services;

  scope.get(PATHS.releases, (): ReleaseList => releases.list());

  scope.post(`${PATHS.releases}/files`, async (request) => await stageUpload(request, services));

  scope.post(PATHS.releases, (request): ReleaseChange => {
    const { files } = parse(validatePublishRequest, bodyFields(request), 'The request');
    const by = guard.usernameOf(request);
    const change = releases.publish(files, by);
    log.info('release.published', 'Executables were published', { files, by, unsigned: change.needs.length });
    return change;
  });

  scope.delete<{ Params: { version: string } }>(`${PATHS.releases}/:version`, async (request) => {
    const { version } = request.params;
    const change = await releases.remove(version);
    log.info('release.removed', 'A release was removed', { version, by: guard.usernameOf(request) });
    return change;
  });

  addDraftRoutes(scope, services, guard);
  addKeyRoutes(scope, services, guard);
}

/** What waits for the signatures of keys that are kept elsewhere. */
function addDraftRoutes(scope: FastifyInstance, { releases, log }: Services, guard: AdminGuard): void {
  const path = `${PATHS.releases}/draft`;

  scope.get(path, (): ReleaseChange => releases.change);

  scope.post(path, async (request): Promise<ReleaseChange> => {
    const change = await releases.accept(parse(validateReleaseDraft, bodyFields(request), 'The request'));
    const by = guard.usernameOf(request);
    log.info('release.signed', 'Signatures of releases came in', { by, unsigned: change.needs.length });
    return change;
  });

  scope.delete(path, async (request) => {
    await releases.discard();
    log.info('release.discarded', 'What waited for signatures was dropped', {
      by: guard.usernameOf(request),
    });
    return { success: 'draft discarded' };
  });
}

function addKeyRoutes(scope: FastifyInstance, { releases, log }: Services, guard: AdminGuard): void {
  const path = `${PATHS.releases}/keys`;

  scope.post(`${path}/export`, (request): ExportedKeys => {
    guard.requireToken(request);
    const roles = rolesOf(request);
    const keys = releases.exportKeys(roles);
    log.warn('release.keys-exported', 'Release keys were handed out', {
      roles,
      by: guard.usernameOf(request),
    });
    return { keys };
  });

  scope.delete(path, (request) => {
    guard.requireToken(request);
    const { keyIDs } = parse(validateForgetKeysRequest, bodyFields(request), 'The request');
    releases.removeKeys(keyIDs);
    log.warn('release.keys-removed', 'Release keys left the server', {
      keyIDs,
      by: guard.usernameOf(request),
    });
    return { success: 'keys removed' };
  });

  scope.post(`${path}/rotate`, (request): ReleaseChange => {
    const roles = rolesOf(request);
    const change = releases.rotateKeys(roles);
    log.warn('release.keys-rotated', 'Release keys were changed', { roles, by: guard.usernameOf(request) });
    return change;
  });

  scope.post(`${path}/extend`, (request): ReleaseChange => releases.extend(rolesOf(request)));
}

function rolesOf(request: FastifyRequest): ReleaseRole[] {
  return parse(validateRoleRequest, bodyFields(request), 'The request').roles;
}

/** One part, an executable. Nothing is left of it when it is refused. */
async function stageUpload(request: FastifyRequest, { releases }: Services): Promise<StagedRelease> {
  const limits = { fileSize: 2 * MAX_INSTALLER_BYTES, files: 1 };
  const part = request.isMultipart() ? await request.file({ limits }) : undefined;
  if (part?.fieldname !== 'file') throw refusal(400, missingParameters([], ['file']));
  const upload = await receive(part.file, releases.files);
  try {
    return await releases.stage(upload, part.filename);
  } finally {
    await releases.files.discard(upload);
  }
}

async function receive(
  content: AsyncIterable<Buffer>,
  files: Services['releases']['files'],
): Promise<ReceivedFile> {
  try {
    return await files.receive(content, MAX_INSTALLER_BYTES);
  } catch (error) {
    if (!isAppError(error, 'ARCHIVE_TOO_LARGE')) throw error;
    throw refusal(413, `the executable is larger than ${MAX_INSTALLER_BYTES} bytes`);
  }
}
