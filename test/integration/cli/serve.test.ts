import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import { createServer, type AddressInfo } from 'node:net';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { useCleanup } from '../../support/cleanup.ts';
import { PackedProcess, type Outcome } from '../../support/packed-process.ts';
import { makeTempDir } from '../../support/temp-dir.ts';
import { waitFor } from '../../support/wait-for.ts';

const onEnd = useCleanup();

interface Announcement {
  url: string;
  fingerprint: string;
  firstAdmin?: { username: string; password: string };
}

/** `commander` from source, as a process of its own. */
function start(argv: string[]): PackedProcess {
  const script = join(process.cwd(), 'src/bin/commander.ts');
  const env = { COMMANDER_CONFIG_DIR: makeTempDir(onEnd), NODE_NO_WARNINGS: '1' };
  const child = new PackedProcess(process.execPath, [script, ...argv], { cwd: process.cwd(), env });
  onEnd(async () => {
    if (!child.hasEnded) child.kill();
    await child.outcome();
  });
  return child;
}

async function serve(
  dataDir: string,
  ...flags: string[]
): Promise<{ server: PackedProcess; announced: Announcement }> {
  const server = start([
    'serve',
    '--data-dir',
    dataDir,
    '--host',
    '127.0.0.1',
    '--port',
    '0',
    '--json',
    ...flags,
  ]);
  const announced = await waitFor(() => parseWhole(server.stdout), {
    what: 'the server to say where it is',
    timeoutMs: 20_000,
  });
  return { server, announced };
}

function parseWhole(text: string): Announcement | undefined {
  return text.endsWith('}\n') ? (JSON.parse(text) as Announcement) : undefined;
}

async function failToServe(flags: string[]): Promise<Outcome> {
  return await start(['serve', '--host', '127.0.0.1', '--log-level', 'error', ...flags]).outcome();
}

test('the first start tells a password, the next one none, and a signal ends it well', async () => {
  const dataDir = join(makeTempDir(onEnd), 'data');
  const first = await serve(dataDir);
  expect(first.announced).toEqual({
    url: expect.stringMatching(/^https:\/\/127\.0\.0\.1:\d+$/),
    fingerprint: expect.stringMatching(/^[0-9a-f]{64}$/),
    firstAdmin: { username: 'admin', password: expect.any(String) },
  });
  expect(await first.server.stop()).toMatchObject({ code: 0, stderr: expect.stringMatching(/Stopping\n$/) });

  const second = await serve(dataDir);
  expect(Object.keys(second.announced)).toEqual(['url', 'fingerprint']);
  expect(second.announced.fingerprint).toBe(first.announced.fingerprint);
  expect(await second.server.stop()).toMatchObject({ code: 0 });
});

describe('it is one sentence and an exit code when', () => {
  test('the port is in use', async () => {
    const taken = createServer().listen(0, '127.0.0.1');
    await once(taken, 'listening');
    onEnd(() => taken.close());
    const port = String((taken.address() as AddressInfo).port);
    const outcome = await failToServe(['--data-dir', makeTempDir(onEnd), '--port', port]);
    expect(outcome).toEqual({
      code: 7,
      stdout: '',
      stderr: expect.stringMatching(`^commander: Port ${port} on "127\\.0\\.0\\.1" is in use; [^\\n]*\\n$`),
    });
  });

  test('the data folder cannot be made', async () => {
    const file = join(makeTempDir(onEnd), 'file');
    writeFileSync(file, '');
    const outcome = await failToServe(['--data-dir', join(file, 'data'), '--port', '0']);
    expect(outcome).toEqual({
      code: 8,
      stdout: '',
      stderr: expect.stringMatching(/^commander: Cannot [^\n]*\n$/),
    });
  });

  test('another server runs on the data folder', async () => {
    const dataDir = makeTempDir(onEnd);
    await serve(dataDir);
    const outcome = await failToServe(['--data-dir', dataDir, '--port', '0']);
    expect(outcome).toEqual({
      code: 7,
      stdout: '',
      stderr: `commander: Another server is running on "${dataDir}"; stop it, or give this one a folder of its own\n`,
    });
  });
});
