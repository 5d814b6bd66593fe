import { lstatSync, readdirSync } from 'node:fs';
import { join } from 'node:path';

/** What lies below a folder, by relative path with `/`: `d` for a folder, else the permission bits of the file. */
export function listTree(dir: string, prefix = ''): Record<string, string> {
  const listing: Record<string, string> = {};
  for (const name of readdirSync(join(dir, prefix)).sort()) {
    const path = prefix === '' ? name : `${prefix}/${name}`;
    const stats = lstatSync(join(dir, path));
    listing[path] = stats.isDirectory() ? 'd' : (stats.mode & 0o777).toString(8);
    if (stats.isDirectory()) Object.assign(listing, listTree(dir, path));
  }
  return listing;
}
