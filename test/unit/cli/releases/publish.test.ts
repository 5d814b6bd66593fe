import { existsSync, readFileSync, truncateSync } from 'node:fs';
import { join } from 'node:path';
import { beforeEach, describe, expect, test } from '@jest/globals';
import type { ReleaseTarget } from '../../../../src/protocol/schemas/releases.ts';
import { agentExecutable, writeAgentExecutable } from '../../../support/agent-executable.ts';
import { useCleanup } from '../../../support/cleanup.ts';
import { startLoggedIn, type LoggedIn } from '../../../support/logged-in.ts';
import { sha256Of } from '../../../support/release-world.ts';
import { SIGNED, sampleRelease, sampleReleases, waitingChange } from '../../../support/sample-releases.ts';
import { makeTempDir } from '../../../support/temp-dir.ts';

const LINUX = { version: '1.1.0', platform: 'linux-x64' } as const;
const WINDOWS = { version: '1.1.0', platform: 'win-x64' } as const;

const onEnd = useCleanup();
let at: LoggedIn;
let dir: string;

beforeEach(async () => {
  at = await startLoggedIn(onEnd);
  dir = makeTempDir(onEnd);
  at.server.answer('GET /admin/releases', { json: sampleReleases({ files: [] }) });
  at.server.answer('POST /admin/releases/files', { json: { ...LINUX, size: 1, sha256: 'a'.repeat(64) } });
  at.server.answer('POST /admin/releases', { json: SIGNED });
});

test('executables are sent one by one, and published at once', async () => {
  const paths = [write('linux', LINUX), write('windows', WINDOWS)];
  expect(await at.run(['releases', 'publish', ...paths])).toEqual({
    code: 0,
    stdout: '',
    stderr: 'Published 1.1.0 for linux-x64, win-x64\n',
  });
  expect(at.server.seen.slice(1).map(({ line, body }) => [line, body])).toEqual([
    ['POST /admin/releases/files', { file: { filename: 'linux', bytes: agentExecutable(LINUX) } }],
    ['POST /admin/releases/files', { file: { filename: 'windows', bytes: agentExecutable(WINDOWS) } }],
    ['POST /admin/releases', { files: [hashOf(LINUX), hashOf(WINDOWS)] }],
  ]);
});

test('a person at a terminal sees how far an upload is', async () => {
  const { stderr } = await at.run(['releases', 'publish', write('linux', LINUX)], { typed: [] });
  expect(stderr).toMatch(/Uploading linux {2}\[#+-*\] +\d+ % of /);
});

describe('what is there already', () => {
  beforeEach(() => {
    const files = [sampleRelease({ ...LINUX, sha256: hashOf(LINUX) })];
    at.server.answer('GET /admin/releases', { json: sampleReleases({ files }) });
  });

  test('is not sent again', async () => {
    const { stderr } = await at.run([
      'releases',
      'publish',
      write('linux', LINUX),
      write('windows', WINDOWS),
    ]);
    expect(stderr).toBe('Published 1.1.0 for win-x64\n');
    expect(at.server.seen.at(-1)?.body).toEqual({ files: [hashOf(WINDOWS)] });
  });

  test('is said to be, when there is nothing else', async () => {
    const argv = ['releases', 'publish', write('linux', LINUX)];
    expect((await at.run(argv)).stderr).toBe('All of it is published already: 1.1.0 for linux-x64\n');
    expect(JSON.parse((await at.run([...argv, '--json'])).stdout)).toEqual({
      files: [{ ...LINUX, sha256: hashOf(LINUX) }],
      signed: true,
    });
    expect(at.server.seen).toHaveLength(2);
  });

  test('is not replaced by another content, of which nothing is sent', async () => {
    const { code, stderr } = await at.run(['releases', 'publish', write('other', LINUX, 'other')]);
    expect([code, stderr]).toEqual([7, expect.stringContaining('is published with other content')]);
    expect(at.server.seen).toHaveLength(1);
  });
});

test('nothing is sent when one of the files is none of ours, or not there', async () => {
  const cutOff = write('cut', LINUX, 'x'.repeat(100));
  truncateSync(cutOff, 1100);
  for (const [path, code] of [
    [cutOff, 3],
    [join(dir, 'nowhere'), 6],
  ] as const) {
    expect((await at.run(['releases', 'publish', write('linux', LINUX), path])).code).toBe(code);
  }
  expect(at.server.seen).toEqual([]);
});

test('what has to be signed elsewhere is written to a file, with what to do next', async () => {
  const { change } = await waitingChange(onEnd);
  at.server.answer('POST /admin/releases', { json: change });
  const request = join(dir, 'to-sign.json');
  const { code, stderr } = await at.run(['releases', 'publish', write('linux', LINUX), '--request', request]);
  expect([code, stderr]).toEqual([
    0,
    expect.stringContaining(`commander releases sign ${request} --key FILE`),
  ]);
  expect(existsSync(request)).toBe(true);
  expect(JSON.parse(readFileSync(request, 'utf8'))).toEqual(change);
});

function write(name: string, release: ReleaseTarget, content?: string): string {
  return writeAgentExecutable(join(dir, name), release, content);
}

function hashOf(release: ReleaseTarget): string {
  return sha256Of(agentExecutable(release));
}
