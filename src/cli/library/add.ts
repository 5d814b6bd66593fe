import { openAsBlob } from 'node:fs';
import { validateLibraryUpload } from '../../protocol/generated/admin.js';
import type { LibraryUpload } from '../../protocol/schemas/admin.ts';
import { parse } from '../../protocol/validate.ts';
import type { AdminContext } from '../admin-context.ts';
import { command, type DocumentedCommand } from '../command.ts';
import { printNote, printResult } from '../console.ts';
import { wholeNumber } from '../input/option-values.ts';
import { describeArchive, withArchive } from './job-archive.ts';

interface AddOptions {
  filename?: string;
  executor?: string;
  os?: string;
  description?: string;
  timeout?: number;
}

export function libraryAdd(context: AdminContext): DocumentedCommand {
  return command('add', {
    summary: 'Add an archive, a folder or a script to the library',
    details:
      'A folder or a script is zipped first. What is not given is taken from manifest.json in the archive, then from the ' +
      'program itself: its first line, its kind, its name.',
    examples: [
      'commander library add hello.sh',
      'commander library add backup/ --filename backup.py --description "Nightly backup" --timeout 3600',
      'commander library add tool.zip --filename tool --executor binary --os Linux',
    ],
  })
    .argument('<path>', 'archive (zip, tar, tar.gz), folder or script')
    .option('--filename <name>', 'file at the top of the archive to run; also its name in the library')
    .option(
      '--executor <name>',
      'what runs it: binary, bash, sh, python, powershell, cmd or another interpreter',
    )
    .option('--os <name>', 'system it is made for')
    .option('--description <text>', 'what it does')
    .option('--timeout <seconds>', 'end it after this time', wholeNumber(1, 31_536_000))
    .action(async (path: string, { timeout, ...options }: AddOptions) => {
      const client = context.connect();
      const given = { ...options, ...(timeout === undefined ? {} : { timeoutSeconds: timeout }) };
      const entry = await withArchive(path, async (archivePath) => {
        const described = checkEntry(await describeArchive(archivePath, given));
        await client.addToLibrary(described, await openAsBlob(archivePath));
        return described;
      });
      if (context.console.json) printResult(context.console, entry, '');
      printNote(context.console, `Added "${entry.filename}" to the library, to be run by ${entry.executor}`);
    });
}

function checkEntry(entry: LibraryUpload): LibraryUpload {
  return parse(validateLibraryUpload, entry, 'The library entry', 'NAME_INVALID');
}
