/** `npm run build`: both executables' code as one file each, in dist/bundle. */
import { bundleExecutable } from './bundle.ts';
import { EXECUTABLES } from './targets.ts';

for (const name of EXECUTABLES) {
  const { path, bytes } = await bundleExecutable(name);
  console.log(`${path}  ${(bytes / 1024).toFixed(0)} kB`);
}
