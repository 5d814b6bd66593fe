import { createHash } from 'node:crypto';
import { createReadStream, openAsBlob } from 'node:fs';
import { basename } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { AppError, isAppError } from '../../lib/errors.ts';
import { readAgentExecutable } from '../../protocol/read-agent-executable.ts';
import type { ReleaseFile, ReleaseTarget } from '../../protocol/schemas/releases.ts';
import type { AdminContext } from '../admin-context.ts';
import type { ReleasesClient } from '../client/releases-client.ts';
import { command, type DocumentedCommand } from '../command.ts';
import { printNote, printResult } from '../console.ts';
import { ProgressBar } from '../format/progress-bar.ts';
import { DEFAULT_REQUEST, REQUEST_HELP, settleChange } from './settle-change.ts';

interface Executable extends ReleaseTarget {
  name: string;
  sha256: string;
  content: Blob;
}

export function releasesPublish(context: AdminContext): DocumentedCommand {
  return command('publish', {
    summary: 'Publish executables of the agent, for agents to update themselves to',
    details:
      'Takes what "npm run package" makes; which version each is, and for which platform, stands in the file itself. All of them are signed and ' +
      'published at once. No agent changes its version by that: see "commander groups set-version". If the "targets" key is kept elsewhere, ' +
      'what has to be signed there is written to a file.',
    examples: [
      'commander releases publish dist/bin/commander-agent-linux-x64 dist/bin/commander-agent-win-x64.exe',
      'commander releases publish dist/bin/commander-agent-linux-x64 --request to-sign.json',
    ],
  })
    .argument('<file...>', 'executables')
    .option('--request <file>', REQUEST_HELP, DEFAULT_REQUEST)
    .action(async (paths: string[], { request }: { request: string }) => {
      const client = context.connect().releases;
      const executables = await Promise.all(paths.map(readExecutable)); // all are sound before the first is sent
      const there = (await client.list()).files;
      const wanted = executables.filter((each) => !isThere(each, there));
      for (const each of wanted) await upload(context, client, each);
      const files = executables.map(({ version, platform, sha256 }) => ({ version, platform, sha256 }));
      if (wanted.length === 0) {
        printNote(context.console, `All of it is published already: ${describe(executables)}`);
        if (context.console.json) printResult(context.console, { files, signed: true }, '');
        return;
      }
      const change = await client.publish(wanted.map(({ sha256 }) => sha256));
      const done = `Published ${describe(wanted)}`;
      settleChange(context.console, change, { done, requestPath: request, value: { files } });
    });
}

async function readExecutable(path: string): Promise<Executable> {
  const name = basename(path);
  try {
    const content = await openAsBlob(path);
    const hash = createHash('sha256');
    const { version, platform } = await readAgentExecutable(path, name);
    await pipeline(createReadStream(path), hash);
    return { version, platform, name, sha256: hash.digest('hex'), content };
  } catch (cause) {
    if (isAppError(cause)) throw cause;
    throw new AppError('PROGRAM_MISSING', `Cannot read "${path}"`, { cause });
  }
}

/** Said before anything is sent; the server has the last word. */
function isThere({ version, platform, sha256, name }: Executable, files: readonly ReleaseFile[]): boolean {
  const there = files.find((file) => file.version === version && file.platform === platform);
  if (there === undefined || there.sha256 === sha256) return there !== undefined;
  throw new AppError(
    'RELEASE_EXISTS',
    `Cannot publish "${name}": version ${version} for ${platform} is published with other content; give it a new version`,
  );
}

async function upload(
  { console }: AdminContext,
  client: ReleasesClient,
  { name, content }: Executable,
): Promise<void> {
  const bar = new ProgressBar(console, { label: `Uploading ${name}`, totalBytes: content.size });
  try {
    await client.stage(name, content, (bytes) => bar.update(bytes));
  } finally {
    bar.end();
  }
}

/** `1.1.0 for linux-x64 and win-x64` */
function describe(executables: readonly Executable[]): string {
  const versions = Map.groupBy(executables, ({ version }) => version);
  return [...versions]
    .map(([version, files]) => `${version} for ${files.map(({ platform }) => platform).join(', ')}`)
    .join('; ');
}
