import { createHash } from 'node:crypto';
import { existsSync, globSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { EXECUTABLES, executablePath, type TargetName } from './targets.ts';

/** Of the installers, only what goes into executables: how these are wrapped makes no difference to them. */
const INPUTS = [
  ...['src/**/*.{ts,js}', 'build/*.{ts,cjs}', 'build/installers/icon/*.ts'],
  ...['package.json', 'package-lock.json'],
];

/** One hash over the names and contents of everything that goes into the executables. */
export function hashInputs(rootDir = '.'): string {
  const hash = createHash('sha256');
  for (const path of globSync(INPUTS, { cwd: rootDir }).sort()) {
    const content = readFileSync(join(rootDir, path));
    hash.update(`${path.replaceAll('\\', '/')}\0${content.length}\0`).update(content);
  }
  return hash.digest('hex');
}

/** Whether both executables of `target` are there and were packed from these very inputs. */
export function isPacked(target: TargetName, inputs: string): boolean {
  const all = EXECUTABLES.every((name) => existsSync(executablePath(name, target)));
  return all && existsSync(stampPath(target)) && readFileSync(stampPath(target), 'utf8') === inputs;
}

export function markPacked(target: TargetName, inputs: string): void {
  mkdirSync(dirname(stampPath(target)), { recursive: true });
  writeFileSync(stampPath(target), inputs);
}

function stampPath(target: TargetName): string {
  return join('dist', 'packed', target);
}
