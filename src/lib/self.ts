import { getAssetKeys, getRawAsset, isSea } from 'node:sea';

/** How this process was packed. The one place that knows; everything else asks here. */
export interface Self {
  /** Absolute path of the executable to run again as ourselves. */
  readonly executablePath: string;
  /** What goes before our own arguments: empty when packed, the script when run from a bundle. */
  readonly leadingArgs: readonly string[];
  /** The user's arguments. */
  readonly argv: readonly string[];
  readonly packed: boolean;
}

export function self(): Self {
  const packed = isSea();
  // A packed executable has its own path in both argv[0] and argv[1], as node has itself and the script.
  const script = process.argv[1];
  return {
    executablePath: process.execPath,
    leadingArgs: packed || script === undefined ? [] : [script],
    argv: process.argv.slice(2),
    packed,
  };
}

/** A file that was packed into this executable; undefined when it has none of this name, or is not packed. */
export function packedAsset(name: string): Uint8Array | undefined {
  return isSea() && getAssetKeys().includes(name) ? new Uint8Array(getRawAsset(name)) : undefined;
}
