import { openAsBlob } from 'node:fs';
import { Option } from 'commander';
import { defined } from '../../lib/defined.ts';
import { validateLibraryUpload } from '../../protocol/generated/admin/library.js';
import type { LibraryUpload } from '../../protocol/schemas/admin/library.ts';
import { parse } from '../../protocol/validate.ts';
import type { AdminContext } from '../admin-context.ts';
import { command, type DocumentedCommand } from '../command.ts';
import { printNote, printResult } from '../console.ts';
import { duration } from '../input/option-values.ts';
import { describeArchive, withArchive } from './job-archive.ts';
import { addUnitOptions, type UnitFlags } from './unit-options.ts';

interface AddOptions extends UnitFlags {
  filename?: string;
  executor?: string;
  os?: string;
  description?: string;
  timeout?: number;
}

export function libraryAdd(context: AdminContext): DocumentedCommand {
  const add = command('add', {
    summary: 'Add an archive, a folder or a script to the library',
    details:
      'A folder or a script is zipped first. What is not given is taken from manifest.json in the archive, then from the ' +
      'program itself: its first line, its kind, its name.\n\n' +
      'A job runs once, each time it is assigned. A task runs on its endpoints whenever it is due, a service all the time, both ' +
      'also while the server is away: assign them with "commander tasks assign" and "commander services assign".',
    examples: [
      'commander library add hello.sh',
      'commander library add backup/ --filename backup.py --description "Nightly backup" --timeout 1h',
      'commander library add tool.zip --filename tool --executor binary --os Linux',
      'commander library add clean.sh --kind task --every 15m',
      'commander library add backup.py --kind task --cron "30 2 * * *" --splay 20m --missed run-once -- --full',
      'commander library add web.zip --kind service --filename web --probe http:8080/health --depends-on db',
    ],
  })
    .argument('<path>', 'archive (zip, tar, tar.gz), folder or script')
    .argument('[args...]', "arguments for a task's or a service's program, after --")
    .option('--filename <name>', 'file at the top of the archive to run; also its name in the library')
    .option(
      '--executor <name>',
      'what runs it: binary, bash, sh, python, powershell, cmd or another interpreter',
    )
    .option('--os <name>', 'system it is made for')
    .option('--description <text>', 'what it does')
    .option(
      '--timeout <time>',
      'end a job or a run of a task after this time: 90s, 15m, 2h',
      duration(1, 31_536_000),
    )
    .addOption(new Option('--kind <kind>', 'what it is').choices(['job', 'task', 'service']));
  return addUnitOptions(add).action(async (path: string, argv: string[], options: AddOptions) => {
    const entry = await upload(context, path, { argv, options });
    if (context.console.json) printResult(context.console, entry, '');
    printNote(context.console, describeAdded(entry));
  });
}

async function upload(
  context: AdminContext,
  path: string,
  { argv, options }: { argv: readonly string[]; options: AddOptions },
): Promise<LibraryUpload> {
  const { filename, executor, os, description, timeout, ...unit } = options;
  const given = { ...defined({ filename, executor, os, description, timeoutSeconds: timeout }), unit, argv };
  const client = context.connect();
  return await withArchive(path, async (archivePath) => {
    const entry = checkEntry(await describeArchive(archivePath, given));
    await client.addToLibrary(entry, await openAsBlob(archivePath));
    return entry;
  });
}

function checkEntry(entry: LibraryUpload): LibraryUpload {
  return parse(validateLibraryUpload, entry, 'The library entry', 'NAME_INVALID');
}

function describeAdded({ filename, executor, unit }: LibraryUpload): string {
  if (unit === undefined) return `Added "${filename}" to the library, to be run by ${executor}`;
  const { kind, name } = unit;
  return `Added ${kind} "${name}" to the library; assign it with: commander ${kind}s assign ${name} --group default`;
}
