import { openAsBlob } from 'node:fs';
import { AppError } from '../../lib/errors.ts';
import type { AdminContext } from '../admin-context.ts';
import { command, type DocumentedCommand } from '../command.ts';
import { printNote } from '../console.ts';
import { withArchive } from './job-archive.ts';

interface UpdateOptions {
  description?: string;
  file?: string;
}

export function libraryUpdate(context: AdminContext): DocumentedCommand {
  return command('update', {
    summary: 'Replace the archive or the description of an entry of the library',
    details: 'Jobs that are assigned already keep the archive they were assigned with.',
    examples: [
      'commander library update hello.sh --file hello.sh',
      'commander library update backup.py --description "Weekly backup"',
    ],
  })
    .argument('<filename>', 'its name in the library')
    .option('--file <path>', 'new archive, folder or script')
    .option('--description <text>', 'new description')
    .action(async (filename: string, { description, file }: UpdateOptions) => {
      if (file === undefined && description === undefined) {
        throw new AppError('USAGE', 'Nothing to update: give --file or --description');
      }
      const client = context.connect();
      if (file === undefined) await client.updateLibrary(filename, { description });
      else {
        await withArchive(file, async (archivePath) => {
          await client.updateLibrary(filename, { description, archive: await openAsBlob(archivePath) });
        });
      }
      printNote(context.console, `Updated "${filename}" in the library`);
    });
}
