import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeEach, describe, expect, test } from '@jest/globals';
import { Installers } from '../../../../src/server/installers/installers.ts';
import { ArchiveFiles } from '../../../../src/server/library/archive-files.ts';
import { useCleanup } from '../../../support/cleanup.ts';
import { SettableClock } from '../../../support/settable-clock.ts';
import { makeTempDir } from '../../../support/temp-dir.ts';

const onEnd = useCleanup();
const NAME = 'commander-agent-linux-x64';
let dir: string;
let files: ArchiveFiles;

beforeEach(() => {
  dir = makeTempDir(onEnd);
  files = new ArchiveFiles(dir);
});

function open(): Installers {
  const clock = new SettableClock(Date.parse('2026-01-01T00:00:00Z'));
  return Installers.open({ indexPath: join(dir, 'index.json'), files, clock });
}

async function add(installers: Installers, name: string, content: string) {
  async function* chunks() {
    yield await Promise.resolve(Buffer.from(content));
  }
  return await installers.add(name, await files.receive(chunks(), 1000), 'grace');
}

const content = (installers: Installers, name: string) =>
  readFileSync(installers.pathOf(installers.get(name)), 'utf8');

test('what was added is listed by name and there after the next start', async () => {
  const first = open();
  await add(first, NAME, 'executable');
  await add(first, 'commander-agent-1.0.0-x64.msi', 'installer');
  const second = open();
  expect(second.list()).toEqual([
    expect.objectContaining({ name: 'commander-agent-1.0.0-x64.msi', version: '1.0.0', size: 9 }),
    {
      name: NAME,
      os: 'linux',
      arch: 'x64',
      format: 'executable',
      size: 10,
      sha256: first.get(NAME).sha256,
      addedAt: '2026-01-01T00:00:00.000Z',
      addedBy: 'grace',
    },
  ]);
  expect(content(second, NAME)).toBe('executable');
});

test('the same name replaces what had it, and its file', async () => {
  const installers = open();
  await add(installers, NAME, 'old');
  await add(installers, NAME, 'new');
  expect(content(installers, NAME)).toBe('new');
  expect(readdirSync(dir)).toHaveLength(2);
});

test('a file that two names share stays until both are gone', async () => {
  const installers = open();
  await add(installers, NAME, 'same');
  await add(installers, 'commander-agent-linux-arm64', 'same');
  await installers.remove(NAME);
  expect(content(installers, 'commander-agent-linux-arm64')).toBe('same');
  await installers.remove('commander-agent-linux-arm64');
  expect(readdirSync(dir)).toEqual(['index.json']);
});

test('what nobody knows cannot be had or removed', async () => {
  const notThere = expect.objectContaining({
    code: 'INSTALLER_NOT_FOUND',
    message: `There is no installer "${NAME}"`,
  }) as unknown;
  expect(() => open().get(NAME)).toThrow(notThere);
  await expect(open().remove(NAME)).rejects.toEqual(notThere);
});

test('a name that is none of an installer changes nothing', async () => {
  const installers = open();
  await expect(add(installers, 'notes.txt', 'x')).rejects.toMatchObject({ code: 'NAME_INVALID' });
  expect(installers.list()).toEqual([]);
});

test('a sweep removes what a crash left, and nothing else', async () => {
  const installers = open();
  await add(installers, NAME, 'kept');
  writeFileSync(join(dir, '.upload-1'), 'half of it');
  writeFileSync(join(dir, 'ab'.repeat(32)), 'whose row was never written');
  await installers.sweep({ includeAside: true });
  expect(readdirSync(dir).sort()).toEqual([installers.get(NAME).sha256, 'index.json'].sort());
});

describe('a list that', () => {
  test.each([
    ['is no JSON', '{', 'is not JSON'],
    ['says something else', '{"installers":[{"name":"x"}]}', 'is not valid'],
  ])('%s is named, and left as it is', (_what, text, problem) => {
    writeFileSync(join(dir, 'index.json'), text);
    expect(open).toThrow(
      expect.objectContaining({ code: 'STATE_CORRUPT', message: expect.stringContaining(problem) }),
    );
    expect(readFileSync(join(dir, 'index.json'), 'utf8')).toBe(text);
  });
});
