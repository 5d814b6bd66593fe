import type { FileHandle } from 'node:fs/promises';
import { readExecutableHeader } from './executable-header.ts';

export type ExecutableFinding =
  /** What it runs on: `linux-x64`. */
  | { readonly machine: string }
  /** Why it runs nowhere, half a sentence. */
  | { readonly kind: 'no-program' | 'cut-off'; readonly defect: string };

/** Whether a file is a whole program, and for which machine; by what is in it, and without starting it. */
export async function examineExecutable(file: FileHandle): Promise<ExecutableFinding> {
  const { size } = await file.stat();
  const header = await readExecutableHeader(async (at, length) => {
    const bytes = Buffer.alloc(length);
    if (at < size) await file.read(bytes, 0, length, at);
    return bytes;
  });
  if (header === undefined)
    return { kind: 'no-program', defect: 'it is not an executable for Linux, Windows or macOS' };
  const { os, arch = 'unknown', bytesNeeded } = header;
  if (size >= bytesNeeded) return { machine: `${os}-${arch}` };
  return {
    kind: 'cut-off',
    defect: `it has ${size} bytes of ${bytesNeeded}, so the rest of it is missing`,
  };
}
