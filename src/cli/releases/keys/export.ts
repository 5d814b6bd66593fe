import { join } from 'node:path';
import { writeFileAtomic } from '../../../lib/atomic-file.ts';
import { AppError } from '../../../lib/errors.ts';
import { makePrivateDir } from '../../../lib/make-private-dir.ts';
import type { ExportedKeys, ReleaseRole } from '../../../protocol/schemas/releases.ts';
import type { AdminContext } from '../../admin-context.ts';
import { command, type DocumentedCommand } from '../../command.ts';
import { printNote, printResult } from '../../console.ts';
import { proveAgain } from '../../session/prove-again.ts';
import { roleOption } from '../role-option.ts';

interface ExportOptions {
  role: ReleaseRole[];
  out: string;
  passwordFile?: string;
}

export function releaseKeysExport(context: AdminContext): DocumentedCommand {
  return command('export', {
    summary: 'Take signing keys away from the server, so that nobody who breaks into it can publish',
    details:
      'Writes each key to a file, then has the server remove it. Keep the files where the server cannot reach them, and a copy: without the "root" key ' +
      'no key can be replaced, and agents would have to enrol again. Whoever has both can publish for all agents, so the password is asked ' +
      'for again (or read from --password-file or $COMMANDER_PASSWORD).',
    examples: [
      'commander releases keys export --role root --role targets --out /media/key',
      'commander releases keys export --role root --out . --password-file password.txt',
    ],
  })
    .addOption(roleOption(['root', 'targets'], 'which key'))
    .requiredOption('--out <folder>', 'where the files go')
    .option('--password-file <file>', 'file whose first line is the password; - is stdin')
    .action(async ({ role: roles, out, passwordFile }: ExportOptions) => {
      const token = await proveAgain(context, passwordFile);
      const { releases } = context.connect();
      const keys = await releases.exportKeys(token, roles);
      const files = writeKeys(out, keys); // first, so that a key is never nowhere
      await releases.removeKeys(
        token,
        keys.map(({ keyID }) => keyID),
      );
      if (context.console.json) printResult(context.console, { files }, '');
      else printNote(context.console, `Wrote ${files.join(', ')}; the server has them no more`);
    });
}

function writeKeys(dir: string, keys: ExportedKeys['keys']): string[] {
  try {
    makePrivateDir(dir);
    return keys.map(({ role, keyID, privateKey }) => {
      const path = join(dir, `${role}-${keyID.slice(0, 8)}.pem`);
      writeFileAtomic(path, privateKey, { mode: 0o600 });
      return path;
    });
  } catch (cause) {
    throw new AppError('STATE_UNWRITABLE', `Cannot write to "${dir}"; the keys stay on the server`, {
      cause,
    });
  }
}
