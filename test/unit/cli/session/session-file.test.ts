import { chmodSync, mkdirSync, readdirSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { SessionFile, sessionEnd } from '../../../../src/cli/session/session-file.ts';
import { useCleanup } from '../../../support/cleanup.ts';
import { makeTempDir } from '../../../support/temp-dir.ts';
import { TestAuthority } from '../../../support/test-authority.ts';

const onEnd = useCleanup();
const session = { server: 'https://host:8443', username: 'grace', roots: ['ROOT'], cert: 'CERT', key: 'KEY' };

test('what was written is read, by another instance too', () => {
  const dir = join(makeTempDir(onEnd), 'new', 'folder');
  new SessionFile(dir).write(session);
  expect(new SessionFile(dir).read()).toEqual(session);
  expect(readdirSync(dir)).toEqual(['session.json']);
});

test('only its owner may read it', () => {
  const dir = join(makeTempDir(onEnd), 'commander');
  const file = new SessionFile(dir);
  file.write(session);
  if (process.platform !== 'win32') {
    expect([statSync(dir).mode & 0o777, statSync(file.path).mode & 0o777]).toEqual([0o700, 0o600]);
  }
});

test('there is none before the first', () => {
  expect(new SessionFile(makeTempDir(onEnd)).read()).toBeUndefined();
});

test('a removed one is gone, and removing none is fine', () => {
  const file = new SessionFile(makeTempDir(onEnd));
  file.write(session);
  file.remove();
  file.remove();
  expect(file.read()).toBeUndefined();
});

describe('a file that is no session is refused:', () => {
  test.each([
    ['cut short', JSON.stringify(session).slice(0, 20)],
    ['empty', ''],
    ['null', 'null'],
    ['without a key', JSON.stringify({ ...session, key: undefined })],
    ['with a server that is no URL', JSON.stringify({ ...session, server: 'host' })],
    ['with roots that are none', JSON.stringify({ ...session, roots: 'ROOT' })],
  ])('%s', (_what, content) => {
    const file = new SessionFile(makeTempDir(onEnd));
    writeFileSync(file.path, content);
    expect(() => file.read()).toThrow(
      expect.objectContaining({
        code: 'STATE_CORRUPT',
        message: `"${file.path}" cannot be read as a session; log in again`,
      }),
    );
  });
});

test('a folder that cannot be made is named', () => {
  const dir = makeTempDir(onEnd);
  writeFileSync(join(dir, 'file'), '');
  const file = new SessionFile(join(dir, 'file', 'commander'));
  expect(() => file.write(session)).toThrow(
    expect.objectContaining({ code: 'STATE_UNWRITABLE', message: `Cannot write the session "${file.path}"` }),
  );
});

test('a folder in place of the file is named', () => {
  const file = new SessionFile(makeTempDir(onEnd));
  mkdirSync(file.path);
  chmodSync(file.path, 0o700);
  expect(() => file.read()).toThrow(expect.objectContaining({ code: 'STATE_UNWRITABLE' }));
});

test('a session ends with its certificate', async () => {
  const notAfter = new Date('2031-02-03T04:05:06Z');
  const { cert } = await (await TestAuthority.create()).issue('grace', { notAfter });
  expect(sessionEnd({ ...session, cert })).toBe(notAfter.getTime());
});
