/** `npm run build`: both executables' code as one file each, in dist/bundle. */
import { basename } from 'node:path';
import { bundleExecutable } from './bundle.ts';
import { EXECUTABLES } from './targets.ts';

for (const name of EXECUTABLES) {
  const { path, partPaths, bytes } = await bundleExecutable(name);
  console.log(
    `${path}  ${(bytes / 1024).toFixed(0)} kB, loads later: ${partPaths.map((part) => basename(part)).join(', ')}`,
  );
}
