import type { AdminContext } from '../admin-context.ts';
import { command, type DocumentedCommand } from '../command.ts';
import { printResult } from '../console.ts';

export function registrationKeyShow(context: AdminContext): DocumentedCommand {
  return command('show', {
    summary: 'Print the key that lets endpoints enrol',
    examples: ['commander registration-key show'],
  }).action(async () => {
    const registrationKey = await context.connect().registrationKey();
    printResult(context.console, { registrationKey }, registrationKey);
  });
}
