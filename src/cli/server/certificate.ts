import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { writeFileAtomic } from '../../lib/atomic-file.ts';
import { createCertificateRequest } from '../../lib/certificate-request.ts';
import { AppError } from '../../lib/errors.ts';
import type { AdminContext } from '../admin-context.ts';
import { command, type DocumentedCommand } from '../command.ts';
import { printNote, printResult } from '../console.ts';
import { collect } from '../input/option-values.ts';
import { proveAgain } from '../session/prove-again.ts';

interface CertificateOptions {
  name: string[];
  out: string;
  passwordFile?: string;
}

export function serverCertificate(context: AdminContext): DocumentedCommand {
  return command('server-certificate', {
    summary: 'Get a TLS certificate for a proxy that stands before the server',
    details:
      'Agents trust nobody but the root of their server, so a proxy that ends TLS for it needs a certificate from there. The key is made ' +
      'on this machine. Writes server.pem, server-key.pem and root.pem; docs/proxy.md shows an nginx with them. The certificate is good for ' +
      '397 days. Whoever has it can pass for the server, so the password is asked for again (or read from --password-file or ' +
      '$COMMANDER_PASSWORD).',
    examples: [
      'commander server-certificate --name commander.example --out /etc/nginx/commander',
      'commander server-certificate --name commander.example --name 192.0.2.7 --out . --password-file password.txt',
    ],
  })
    .requiredOption(
      '--name <name>',
      'host name or address that clients call the proxy by; may be repeated',
      collect,
    )
    .requiredOption('--out <folder>', 'where the files go')
    .option('--password-file <file>', 'file whose first line is the password; - is stdin')
    .action(async ({ name: names, out, passwordFile }: CertificateOptions) => {
      const token = await proveAgain(context, passwordFile);
      const { key, csr } = await createCertificateRequest(names[0] ?? '');
      const { cert, roots } = await context.connect().serverCertificate(token, { csr, names });
      const files = { certificate: 'server.pem', key: 'server-key.pem', roots: 'root.pem' };
      writeFiles(out, { [files.certificate]: cert, [files.key]: key, [files.roots]: roots.join('') });
      const paths = Object.fromEntries(Object.entries(files).map(([what, file]) => [what, join(out, file)]));
      if (context.console.json) printResult(context.console, { names, ...paths }, '');
      printNote(context.console, `Wrote ${Object.values(paths).join(', ')} for "${names.join('", "')}"`);
    });
}

function writeFiles(dir: string, files: Readonly<Record<string, string>>): void {
  try {
    mkdirSync(dir, { recursive: true });
    for (const [name, text] of Object.entries(files)) writeFileAtomic(join(dir, name), text, { mode: 0o600 });
  } catch (cause) {
    throw new AppError('STATE_UNWRITABLE', `Cannot write to "${dir}"`, { cause });
  }
}
