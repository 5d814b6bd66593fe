import { expect, test } from '@jest/globals';
import { parseProcessLines, systemProgram } from '../../../src/platform/win32-processes.ts';

const WORKSPACE = 'C:\\ProgramData\\Commander Agent\\state\\jobs\\5f0c';

test('processes are read, marked when the workspace is in their command line', () => {
  const listing = [
    '4 0 1795420000000 ',
    `700 600 1795420001000 "C:\\Windows\\System32\\cmd.exe" /d /s /c "${WORKSPACE.toUpperCase()}\\files\\run.bat"`,
    '701 700 1795420002000 ping -n 100 localhost',
    'garbage',
    '',
  ].join('\r\n');
  expect(parseProcessLines(listing, WORKSPACE)).toEqual([
    { pid: 4, parentPid: 0, startedAt: 1795420000000, marked: false },
    { pid: 700, parentPid: 600, startedAt: 1795420001000, marked: true },
    { pid: 701, parentPid: 700, startedAt: 1795420002000, marked: false },
  ]);
});

test('programs of the system are named by their whole path', () => {
  expect(systemProgram({ SystemRoot: 'D:\\Win' }, 'taskkill.exe')).toBe('D:\\Win\\System32\\taskkill.exe');
  expect(systemProgram({}, 'reg.exe')).toBe('C:\\Windows\\System32\\reg.exe');
});
