import { expect, test } from '@jest/globals';
import { guessExecutor } from '../../../../src/cli/library/guess-executor.ts';

test.each([
  ['run.sh', 'echo hi', 'sh', 'any'],
  ['run.sh', '#!/bin/bash\necho hi', 'bash', 'any'],
  ['run', '#!/usr/bin/env bash\r\necho hi', 'bash', 'any'],
  ['run', '#!/usr/bin/env -S LANG=C python3 -u\n', 'python', 'any'],
  ['run', '#! /usr/local/bin/python3.11\n', 'python', 'any'],
  ['run', '#!/usr/bin/perl -w\n', 'perl', 'any'],
  ['RUN.PY', 'print(1)', 'python', 'any'],
  ['run.ps1', 'Get-Date', 'powershell', 'Windows'],
  ['run.bat', '@echo off', 'cmd', 'Windows'],
  ['run.cmd', '@echo off', 'cmd', 'Windows'],
  ['tool', '\u007fELF\u0002', 'binary', 'Linux'],
  ['tool.exe', 'MZ\u0090', 'binary', 'Windows'],
])('%s that begins with %j is run by %s', (filename, content, executor, os) => {
  expect(guessExecutor(filename, content)).toEqual({ executor, os });
});

test.each([
  ['notes.txt', 'hello'],
  ['run', 'echo hi'],
  ['run', '#!\n'],
  ['run', '#!/usr/bin/env\n'],
])('%s that begins with %j could be anything', (filename, content) => {
  expect(guessExecutor(filename, content)).toBeUndefined();
});
