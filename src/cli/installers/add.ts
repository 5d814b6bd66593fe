import { openAsBlob } from 'node:fs';
import { basename } from 'node:path';
import { AppError } from '../../lib/errors.ts';
import { MAX_INSTALLER_BYTES } from '../../protocol/version.ts';
import type { AdminContext } from '../admin-context.ts';
import { command, type DocumentedCommand } from '../command.ts';
import { printNote, printResult } from '../console.ts';
import { formatSize } from '../format/size.ts';

export function installersAdd(context: AdminContext): DocumentedCommand {
  return command('add', {
    summary: 'Upload installers for the server to hand out',
    details:
      'Takes what "npm run installers" and "npm run package" make, under the names that they have: packages (deb, rpm, msi, pkg) ' +
      'and executables of commander-agent. One of the same name is replaced. The server then serves /install.sh and /install.ps1; ' +
      '"commander token create --install-hints" prints how to use them.',
    examples: [
      'commander installers add dist/installers/commander-agent_1.0.0_amd64.deb',
      'commander installers add dist/bin/commander-agent-linux-x64 dist/bin/commander-agent-linux-arm64',
    ],
  })
    .argument('<file...>', 'installers or executables')
    .action(async (paths: string[]) => {
      const client = context.connect();
      const files = await Promise.all(paths.map(openInstaller)); // all are there before the first is sent
      const installers = [];
      for (const { name, content } of files) {
        const installer = await client.addInstaller(name, content);
        printNote(
          context.console,
          `Added "${name}", ${formatSize(installer.size)}, SHA-256 ${installer.sha256}`,
        );
        installers.push(installer);
      }
      if (context.console.json) printResult(context.console, { installers }, '');
    });
}

async function openInstaller(path: string): Promise<{ name: string; content: Blob }> {
  let content: Blob;
  try {
    content = await openAsBlob(path);
  } catch (cause) {
    throw new AppError('PROGRAM_MISSING', `Cannot read "${path}"`, { cause });
  }
  if (content.size <= MAX_INSTALLER_BYTES) return { name: basename(path), content };
  throw new AppError(
    'NAME_INVALID',
    `"${path}" is larger than ${formatSize(MAX_INSTALLER_BYTES)}, so it is no installer`,
  );
}
