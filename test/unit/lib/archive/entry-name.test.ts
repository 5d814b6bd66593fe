import { describe, expect, test } from '@jest/globals';
import {
  checkEntryName,
  collisionKey,
  entrySegments,
  isReservedOnWindows,
} from '../../../../src/lib/archive/entry-name.ts';

const OSES = ['linux', 'darwin', 'win32'] as const;

describe('on every system', () => {
  test.each([
    ['..', 'would leave its folder'],
    ['../x', 'would leave its folder'],
    ['a/../../x', 'would leave its folder'],
    ['a/..', 'would leave its folder'],
    ['/etc/passwd', 'has an absolute path'],
    ['//server/share/x', 'has an absolute path'],
    ['\\\\server\\share\\x', 'has an absolute path'],
    ['C:\\x', 'has an absolute path'],
    ['c:x', 'has an absolute path'],
    ['..\\x', 'has a backslash in its name'],
    ['a\\b', 'has a backslash in its name'],
    ['a\0.sh', 'has a control character in its name'],
    ['a\nb', 'has a control character in its name'],
    ['a\u007f', 'has a control character in its name'],
    ['', 'has an empty name'],
    ['a//b', 'has an empty or "." part in its path'],
    ['a/./b', 'has an empty or "." part in its path'],
    ['é'.repeat(128), 'has a part of more than 255 bytes in its path'],
  ])('%j is refused', (name, problem) => {
    expect(OSES.map((os) => checkEntryName(name, os))).toEqual(OSES.map(() => problem));
  });

  test.each([
    'run.sh',
    'a/b/c',
    'folder/',
    './run.sh',
    './',
    '.',
    'grüße ☃.sh',
    '...',
    '.hidden',
    'a..b',
    'console',
    'com',
  ])('%j is a name', (name) => {
    const oses = name === '...' ? (['linux', 'darwin'] as const) : OSES;
    expect(oses.map((os) => checkEntryName(name, os))).toEqual(oses.map(() => undefined));
  });
});

describe('what Windows alone reads in another way', () => {
  const device = 'has the name of a Windows device';
  test.each([
    ['CON', device],
    ['con.txt', device],
    ['a/nul', device],
    ['Aux.tar.gz', device],
    ['COM1', device],
    ['com¹.log', device],
    ['lpt9', device],
    ['CONIN$', device],
    ['nul .txt', device],
    ['a:b', 'names a drive or an NTFS stream'],
    ['run.sh::$DATA', 'names a drive or an NTFS stream'],
    ['name.', 'ends in a dot or a space, which Windows drops'],
    ['folder /x', 'ends in a dot or a space, which Windows drops'],
    ['what?', 'has a character that Windows does not allow in names'],
    ['a|b', 'has a character that Windows does not allow in names'],
  ])('%j is refused there, and fine elsewhere', (name, problem) => {
    // "a:b" begins like a drive, which nobody may name.
    const elsewhere = /^[A-Za-z]:/.test(name) ? 'has an absolute path' : undefined;
    expect(OSES.map((os) => checkEntryName(name, os))).toEqual([elsewhere, elsewhere, elsewhere ?? problem]);
  });
});

test('a single name is reserved on Windows when a file could not have it', () => {
  const names = ['nul', 'com7.bat', 'x:y', 'x.', 'run.bat', 'auxiliary'];
  expect(names.filter(isReservedOnWindows)).toEqual(['nul', 'com7.bat', 'x:y', 'x.']);
});

test.each([
  ['./', []],
  ['.', []],
  ['././a/b/', ['a', 'b']],
  ['a', ['a']],
])('the parts of %j are %j', (name, segments) => {
  expect(entrySegments(name)).toEqual(segments);
});

test.each([
  ['README', 'readme'],
  ['Straße', 'STRASSE'],
  ['caf\u00e9', 'cafe\u0301'],
  ['\u212a', 'k'],
])('%j and %j are one file where case does not count, and two on Linux', (one, other) => {
  expect(collisionKey(one, 'linux') === collisionKey(other, 'linux')).toBe(false);
  expect(collisionKey(one, 'darwin')).toBe(collisionKey(other, 'darwin'));
  expect(collisionKey(one, 'win32')).toBe(collisionKey(other, 'win32'));
});
