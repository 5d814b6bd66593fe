import type { AdminContext } from '../admin-context.ts';
import { command, type DocumentedCommand } from '../command.ts';
import { printNote } from '../console.ts';

export function libraryRemove(context: AdminContext): DocumentedCommand {
  return command('remove', {
    summary: 'Remove an entry from the library; jobs that are assigned already keep their archive',
    examples: ['commander library remove hello.sh'],
  })
    .argument('<filename>', 'its name in the library')
    .action(async (filename: string) => {
      await context.connect().removeFromLibrary(filename);
      printNote(context.console, `Removed "${filename}" from the library`);
    });
}
