import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import { executablePath, hostTarget, type ExecutableName } from '../../build/targets.ts';

/** Where the packed executable for this machine is; a sentence saying how to make it when it is not there. */
export function packedPath(name: ExecutableName): string {
  const path = resolve(executablePath(name, hostTarget()));
  if (existsSync(path)) return path;
  throw new Error(`"${path}" is missing; make it with "npm run package"`);
}
