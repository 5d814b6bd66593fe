import { execFile } from 'node:child_process';
import { win32 } from 'node:path';
import { promisify } from 'node:util';
import type { ProcessInfo } from './tree-members.ts';

const MAX_LISTING_BYTES = 64 * 1024 ** 2;
const TIMEOUT_MS = 20_000;

const SCRIPT = [
  '[Console]::OutputEncoding = [Text.Encoding]::UTF8',
  'Get-CimInstance Win32_Process | Where-Object CreationDate | ForEach-Object {',
  "  '{0} {1} {2} {3}' -f $_.ProcessId, $_.ParentProcessId,",
  '    ([DateTimeOffset]$_.CreationDate).ToUnixTimeMilliseconds(), $_.CommandLine }',
].join('\n');

/** The path of a program that comes with Windows, so that nothing on the search path can stand in for it. */
export function systemProgram(environment: NodeJS.ProcessEnv, ...parts: string[]): string {
  return win32.join(environment['SystemRoot'] ?? String.raw`C:\Windows`, 'System32', ...parts);
}

/** All processes, by PowerShell: no program that comes with every Windows tells parents, start times and command lines. */
export async function listWin32Processes(
  environment: NodeJS.ProcessEnv,
  markValue: string,
): Promise<ProcessInfo[]> {
  const powershell = systemProgram(environment, 'WindowsPowerShell', 'v1.0', 'powershell.exe');
  const { stdout } = await promisify(execFile)(
    powershell,
    ['-NoProfile', '-NonInteractive', '-EncodedCommand', Buffer.from(SCRIPT, 'utf16le').toString('base64')],
    { windowsHide: true, maxBuffer: MAX_LISTING_BYTES, timeout: TIMEOUT_MS },
  );
  return parseProcessLines(stdout, markValue);
}

/**
 * The mark is looked for in command lines, as nobody can read another process's environment here; its value is the
 * workspace, from which everything in a job is started.
 */
export function parseProcessLines(listing: string, markValue: string): ProcessInfo[] {
  const wanted = markValue.toLowerCase();
  return listing.split(/\r?\n/).flatMap((line) => {
    const [, pid, parentPid, startedAt, commandLine = ''] = /^(\d+) (\d+) (\d+) ?(.*)$/.exec(line) ?? [];
    if (pid === undefined) return [];
    const marked = commandLine.toLowerCase().includes(wanted);
    return { pid: Number(pid), parentPid: Number(parentPid), startedAt: Number(startedAt), marked };
  });
}
