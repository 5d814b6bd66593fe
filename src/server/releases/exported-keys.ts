import { AppError } from '../../lib/errors.ts';
import type { ExportedKeys, ReleaseKey, ReleaseRole } from '../../protocol/schemas/releases.ts';
import type { KeyFiles } from './key-files.ts';

/** What the server signs with every few days has to stay. */
const MAY_LEAVE: readonly ReleaseRole[] = ['root', 'targets'];

/** The private keys of roles, to be kept elsewhere. They stay here until they are removed. @throws AppError SERVER_REFUSED */
export function exportKeys(
  roles: readonly ReleaseRole[],
  known: readonly ReleaseKey[],
  files: KeyFiles,
): ExportedKeys['keys'] {
  return known
    .filter(({ role }) => roles.includes(role))
    .map(({ role, keyID }) => {
      requireMayLeave(role);
      const key = files.find(keyID);
      if (key === undefined) throw refused(`The "${role}" key is not on the server any more`);
      return { role, keyID, privateKey: key.export({ format: 'pem', type: 'pkcs8' }) };
    });
}

/** @throws AppError SERVER_REFUSED */
export function removeKeys(keyIDs: readonly string[], known: readonly ReleaseKey[], files: KeyFiles): void {
  for (const keyID of keyIDs) {
    const { role } = known.find((key) => key.keyID === keyID) ?? {};
    if (role === undefined) throw refused(`No release is signed with a key ${keyID}`);
    requireMayLeave(role);
  }
  for (const keyID of keyIDs) files.remove(keyID);
}

function requireMayLeave(role: ReleaseRole): void {
  if (MAY_LEAVE.includes(role)) return;
  throw refused(`The "${role}" key has to stay on the server, which signs with it every few days`);
}

function refused(message: string): AppError {
  return new AppError('SERVER_REFUSED', message);
}
