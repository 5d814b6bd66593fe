import { createHash } from 'node:crypto';
import type { InstallerView } from '../../src/protocol/schemas/admin/installers.ts';
import { readInstallerName } from '../../src/server/installers/installer-name.ts';

/** What the server would say of a file of this name; its content is its name. */
export function sampleInstaller(name: string, addedAt = '2026-01-01T00:00:00.000Z'): InstallerView {
  const sha256 = createHash('sha256').update(name).digest('hex');
  return { name, ...readInstallerName(name), size: name.length, sha256, addedAt, addedBy: 'admin' };
}
