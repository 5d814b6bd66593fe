import { homedir } from 'node:os';

/**
 * Where this user's files are. One who has no home, as under an ID that no account has, gets the root folder, as container
 * runtimes have it: nothing of theirs is found there, they cannot write to it either, and folders that they name work all the same.
 */
export function homeDir(ask: () => string = homedir): string {
  try {
    return ask();
  } catch {
    return '/'; // the only failure there is: "uv_os_homedir returned ENOENT"
  }
}
