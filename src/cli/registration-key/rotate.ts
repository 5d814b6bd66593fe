import type { AdminContext } from '../admin-context.ts';
import { command, type DocumentedCommand } from '../command.ts';
import { printNote, printResult } from '../console.ts';

export function registrationKeyRotate(context: AdminContext): DocumentedCommand {
  return command('rotate', {
    summary: 'Make a new registration key; the old one and its join tokens stop working at once',
    details: 'Endpoints that are enrolled already are not affected.',
    examples: ['commander registration-key rotate'],
  }).action(async () => {
    const registrationKey = await context.connect().rotateRegistrationKey();
    printResult(context.console, { registrationKey }, registrationKey);
    printNote(
      context.console,
      'Join tokens made before no longer work; make one with: commander token create',
    );
  });
}
