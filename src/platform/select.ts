import { homedir } from 'node:os';
import { AppError } from '../lib/errors.ts';
import { darwinPlatform } from './darwin.ts';
import { linuxPlatform } from './linux.ts';
import type { Platform } from './platform.ts';
import { isWindowsAdmin, win32Platform } from './win32.ts';

/**
 * The platform that this process runs on.
 * @throws AppError UNSUPPORTED
 */
export function currentPlatform(environment: NodeJS.ProcessEnv = process.env): Platform {
  const isRoot = process.getuid?.() === 0;
  const host = { environment, homeDir: homedir(), rootDir: '/', isAdmin: isRoot };
  switch (process.platform) {
    case 'linux':
      return linuxPlatform(host);
    case 'darwin':
      return darwinPlatform(host);
    case 'win32':
      return win32Platform({ ...host, isAdmin: isWindowsAdmin(environment) });
    default:
      throw new AppError('UNSUPPORTED', `Cannot run on "${process.platform}"; use Linux, macOS or Windows`);
  }
}
