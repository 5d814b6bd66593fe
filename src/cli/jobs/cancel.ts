import type { AdminContext } from '../admin-context.ts';
import { command, type DocumentedCommand } from '../command.ts';
import { printNote } from '../console.ts';
import { findJob } from './find-job.ts';

export function jobsCancel(context: AdminContext): DocumentedCommand {
  return command('cancel', {
    summary: 'Cancel a job; a running program is ended, with all that it started',
    examples: ['commander jobs cancel 1f2e3d'],
  })
    .argument('<job>', 'its ID, or the beginning of it')
    .action(async (text: string) => {
      const client = context.connect();
      const { jobID, hostname } = await findJob(client, text);
      await client.cancelJob(jobID);
      printNote(context.console, `Asked for the end of job ${jobID} on "${hostname}"`);
    });
}
