import type { FastifyInstance, FastifyRequest } from 'fastify';
import { AppError } from '../../lib/errors.ts';
import { REFUSED, SUCCESS, missingJobFields, missingParameters } from '../../protocol/commander/replies.ts';
import { validateLibraryUnit, validateLibraryUpload } from '../../protocol/generated/admin/library.js';
import type { LibraryReply, LibraryUnit, LibraryUpload } from '../../protocol/schemas/admin/library.ts';
import { parse, parseJson } from '../../protocol/validate.ts';
import { PATHS } from '../../protocol/version.ts';
import { formatLibrary } from '../library/library-view.ts';
import type { Services } from '../compose/services.ts';
import type { AdminGuard } from './admin-guard.ts';
import { badRequest, refusal } from './http-refusal.ts';
import { requireFields } from './json-body.ts';
import { readUploadForm, type UploadForm } from './upload-form.ts';

/** The multipart plugin must be registered in `scope`. */
export function addLibraryRoutes(
  scope: FastifyInstance,
  { library, archiveFiles, log }: Services,
  guard: AdminGuard,
): void {
  scope.get(PATHS.library, async (_request, reply): Promise<LibraryReply | undefined> => {
    const records = await library.list();
    if (records.length > 0) return { library: formatLibrary(records) };
    reply.code(204);
    return undefined;
  });

  scope.post(PATHS.library, async (request) => {
    await withForm(request, async (form) => {
      const job = readJob(form);
      if (form.upload === undefined) throw refusal(400, REFUSED.fileNotUploaded);
      await library.add(job, form.upload, guard.usernameOf(request));
      const { sha256, size } = form.upload;
      log.info('library.added', 'The library was added to', {
        filename: job.filename,
        sha256,
        size,
        by: guard.usernameOf(request),
      });
    });
    return { success: SUCCESS.libraryAdded };
  });

  scope.patch(PATHS.library, async (request) => {
    await withForm(request, async ({ fields, upload }) => {
      const filename = fields.get('filename');
      if (filename === undefined) throw refusal(400, missingParameters([], ['filename']));
      const description = fields.get('description');
      const unit = readUnit(fields.get('unit'));
      await library.change(filename, { description, upload, unit, user: guard.usernameOf(request) });
      log.info('library.changed', 'The library was changed', {
        filename,
        sha256: upload?.sha256,
        unit,
        by: guard.usernameOf(request),
      });
    });
    return { success: SUCCESS.libraryChanged };
  });

  scope.delete(PATHS.library, async (request) => {
    const { filename } = requireFields(request, { data: ['filename'] });
    await library.remove(String(filename));
    log.info('library.removed', 'The library was taken from', { filename, by: guard.usernameOf(request) });
    return { success: SUCCESS.libraryRemoved };
  });

  /** What the library did not keep is gone when the request ends, however it ends. */
  async function withForm(request: FastifyRequest, use: (form: UploadForm) => Promise<void>): Promise<void> {
    const form = await readUploadForm(request, archiveFiles);
    try {
      await use(form);
    } finally {
      if (form.upload !== undefined) await archiveFiles.discard(form.upload);
    }
  }
}

/** The `job` part: a plain field with JSON in it, as the original wants it. */
function readJob({ fields, fileParts }: UploadForm): LibraryUpload {
  const missing = ['job', 'file'].filter((name) => !fields.has(name) && !fileParts.has(name));
  if (missing.length > 0) throw refusal(400, missingParameters([], missing));
  const job = parseObject(fields.get('job'));
  const missingFields = ['executor', 'filename', 'description', 'os'].filter(
    (name) => !Object.hasOwn(job, name),
  );
  if (missingFields.length > 0) throw refusal(400, missingJobFields(missingFields));
  if (!validateLibraryUpload(job) && validateLibraryUpload.errors?.[0]?.instancePath === '/filename') {
    const name = JSON.stringify(job['filename']);
    throw new AppError(
      'NAME_INVALID',
      `${name} is not a plain file name; give the name alone, without a folder`,
    );
  }
  return parse(validateLibraryUpload, job, 'The job in the request');
}

/** Ours: new rules for a task or a service. */
function readUnit(text: string | undefined): LibraryUnit | undefined {
  return text === undefined ? undefined : parseJson(validateLibraryUnit, text, 'The unit in the request');
}

function parseObject(text: string | undefined): Record<string, unknown> {
  let value: unknown;
  try {
    value = JSON.parse(text ?? '');
  } catch {
    throw badRequest();
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value)) throw badRequest();
  return value as Record<string, unknown>;
}
