import { openAsBlob } from 'node:fs';
import { defined } from '../../lib/defined.ts';
import { AppError } from '../../lib/errors.ts';
import { unitOf } from '../../protocol/library-unit.ts';
import type { LibraryUnit } from '../../protocol/schemas/admin/library.ts';
import type { AdminContext } from '../admin-context.ts';
import type { AdminClient } from '../client/admin-client.ts';
import { command, type DocumentedCommand } from '../command.ts';
import { printNote } from '../console.ts';
import { findEntry } from './find-entry.ts';
import { withArchive } from './job-archive.ts';
import { addUnitOptions, type UnitFlags } from './unit-options.ts';
import { overlayRules, sayRules } from './unit-rules.ts';

interface UpdateOptions extends UnitFlags {
  description?: string;
  file?: string;
}

export function libraryUpdate(context: AdminContext): DocumentedCommand {
  const update = command('update', {
    summary: 'Replace the archive, the description or the rules of an entry of the library',
    details:
      'Jobs that are assigned already keep the archive they were assigned with. Endpoints that keep the entry as a task or a ' +
      'service go over to what is new at once, or when they connect; what is not given stays as it is.',
    examples: [
      'commander library update hello.sh --file hello.sh',
      'commander library update backup.py --description "Weekly backup"',
      'commander library update backup.py --cron "30 2 * * sun"',
    ],
  })
    .argument('<filename>', 'its name in the library')
    .option('--file <path>', 'new archive, folder or script')
    .option('--description <text>', 'new description');
  return addUnitOptions(update).action(async (filename: string, options: UpdateOptions) => {
    const { description, file, ...flags } = options;
    if (file === undefined && description === undefined && !sayRules(flags))
      throw new AppError(
        'USAGE',
        'Nothing to update: give --file, --description or a rule of a task or a service',
      );
    const client = context.connect();
    const change = defined({ description, unit: await changedUnit(client, filename, flags) });
    if (file === undefined) await client.updateLibrary(filename, change);
    else {
      await withArchive(file, async (archivePath) => {
        await client.updateLibrary(filename, { ...change, archive: await openAsBlob(archivePath) });
      });
    }
    printNote(context.console, `Updated "${filename}" in the library`);
  });
}

/** The whole of it, as the server wants it; undefined when nothing is said of it. */
async function changedUnit(
  client: AdminClient,
  filename: string,
  flags: UnitFlags,
): Promise<LibraryUnit | undefined> {
  if (!sayRules(flags)) return undefined;
  const { unit } = findEntry(await client.library(), filename);
  if (unit === undefined) throw new AppError('USAGE', `"${filename}" is a job, which has no such rules`);
  return unitOf(overlayRules(unit, flags), filename);
}
