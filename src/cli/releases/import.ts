import type { AdminContext } from '../admin-context.ts';
import { command, type DocumentedCommand } from '../command.ts';
import { readRequest } from './request-file.ts';
import { DEFAULT_REQUEST, REQUEST_HELP, settleChange } from './settle-change.ts';

export function releasesImport(context: AdminContext): DocumentedCommand {
  return command('import', {
    summary: 'Bring what was signed elsewhere back to the server, which then publishes it',
    examples: ['commander releases import release-request.signed.json'],
  })
    .argument('<file>', 'what "commander releases sign" wrote')
    .option('--request <file>', REQUEST_HELP, DEFAULT_REQUEST)
    .action(async (path: string, { request }: { request: string }) => {
      const { draft } = readRequest(path);
      const change = await context.connect().releases.sign(draft);
      settleChange(context.console, change, {
        done: 'All have signed; it is published',
        requestPath: request,
      });
    });
}
