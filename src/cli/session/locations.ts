import { posix, win32 } from 'node:path';
import type { Environment } from '../console.ts';

/** What decides where files go; all of it comes from outside, so that every OS's rule is tested on every OS. */
export interface Home {
  /** As in `process.platform`. */
  readonly os: string;
  readonly homeDir: string;
  readonly env: Environment;
}

/** Where the admin's session lies: $COMMANDER_CONFIG_DIR, else the OS's folder for settings of one user. */
export function configDir({ os, homeDir, env }: Home): string {
  if (env['COMMANDER_CONFIG_DIR']) return env['COMMANDER_CONFIG_DIR'];
  if (os === 'win32')
    return win32.join(env['APPDATA'] || win32.join(homeDir, 'AppData', 'Roaming'), 'commander');
  if (os === 'darwin') return posix.join(homeDir, 'Library', 'Application Support', 'commander');
  return posix.join(env['XDG_CONFIG_HOME'] || posix.join(homeDir, '.config'), 'commander');
}

/** Where `commander serve` keeps its state: $COMMANDER_DATA_DIR, else the OS's folder for data of one user. */
export function dataDir({ os, homeDir, env }: Home): string {
  if (env['COMMANDER_DATA_DIR']) return env['COMMANDER_DATA_DIR'];
  if (os === 'win32')
    return win32.join(env['LOCALAPPDATA'] || win32.join(homeDir, 'AppData', 'Local'), 'commander');
  if (os === 'darwin') return posix.join(homeDir, 'Library', 'Application Support', 'commander', 'server');
  return posix.join(env['XDG_DATA_HOME'] || posix.join(homeDir, '.local', 'share'), 'commander');
}
