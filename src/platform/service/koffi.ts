import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { writeFileAtomic } from '../../lib/atomic-file.ts';
import { AppError } from '../../lib/errors.ts';

/** As much of koffi as is used here. Its JavaScript is not needed: the native part has all of this. */
export interface Koffi {
  load(library: string): KoffiLibrary;
  struct(name: string, members: Readonly<Record<string, KoffiType>>): KoffiType;
  proto(declaration: string): KoffiType;
  pointer(type: KoffiType): KoffiType;
  /** A function that C may call, from any thread; it runs on the main one. */
  register(callback: (...args: never[]) => unknown, type: KoffiType): unknown;
}

/** Opaque, or the name of one. */
export type KoffiType = string | { readonly koffiType: unique symbol };

export interface KoffiLibrary {
  func(declaration: string): KoffiFunction;
}

export interface KoffiFunction {
  (...args: unknown[]): unknown;
  /** Calls on another thread, then back on this one. */
  async(...args: [...args: unknown[], done: (error: Error | null, result: unknown) => void]): void;
}

const FILE_NAME = 'koffi.node';

export interface KoffiPlaces {
  readonly executablePath: string;
  /** A folder of the agent's own, which nobody but administrators can write to. */
  readonly makeNativeDir: () => string;
  /** What is packed into this executable under a name. */
  readonly packedAsset: (name: string) => Uint8Array | undefined;
}

/** Loads the file that `koffiPath` found. */
export function loadKoffi(places: KoffiPlaces): Koffi {
  const loaded = { exports: {} };
  process.dlopen(loaded, koffiPath(places));
  return loaded.exports as Koffi;
}

/**
 * Where koffi is: beside the executable, where an installer has put it, or else unpacked from the executable itself. Where others
 * can write is never looked, for what is loaded runs as the system.
 * @throws AppError UNSUPPORTED where there is neither
 */
export function koffiPath({ executablePath, makeNativeDir, packedAsset }: KoffiPlaces): string {
  const installedPath = join(dirname(executablePath), FILE_NAME);
  if (existsSync(installedPath)) return installedPath;
  const packed = packedAsset(FILE_NAME);
  if (packed === undefined)
    throw new AppError('UNSUPPORTED', `There is no "${FILE_NAME}" in this executable, nor beside it`);
  const path = join(makeNativeDir(), FILE_NAME);
  if (!existsSync(path) || !readFileSync(path).equals(packed)) writeFileAtomic(path, packed, { mode: 0o600 });
  return path;
}
