import type { AdminContext } from '../admin-context.ts';
import { readPassword } from '../input/password.ts';

/** A token for what a stolen certificate must not be enough for, against the password. @throws AppError USAGE, CREDENTIALS_REFUSED */
export async function proveAgain(context: AdminContext, passwordFile: string | undefined): Promise<string> {
  const { username, server } = context.session();
  const password = await readPassword(context.console, {
    file: passwordFile,
    flag: '--password-file',
    variable: 'COMMANDER_PASSWORD',
    question: `Password of "${username}" at ${server}`,
  });
  return await context.connect().logIn({ username, password });
}
