import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { fetchInto, pinnedPackage } from '../../runtimes.ts';

const PACKAGE = '@koromix/koffi-win32-x64';

/** Path of koffi's native part for Windows. npm installs it on Windows only; elsewhere it is fetched once, then cached. */
export async function koffiForWindows(): Promise<string> {
  const pinned = pinnedPackage(PACKAGE);
  const dir = join('node_modules', '.cache', 'installers', `koffi-win32-x64-${pinned.version}`);
  const path = join(dir, 'win32_x64', 'koffi.node');
  if (!existsSync(path)) await fetchInto(dir, pinned);
  return path;
}
