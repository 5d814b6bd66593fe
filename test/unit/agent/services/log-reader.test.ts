import { appendFileSync, mkdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { LogReader } from '../../../../src/agent/services/log-reader.ts';
import { useCleanup } from '../../../support/cleanup.ts';
import { makeTempDir } from '../../../support/temp-dir.ts';

const onEnd = useCleanup();

/** A log of these files, the youngest first. */
function makeLog(...texts: string[]): string {
  const logPath = join(makeTempDir(onEnd), 'output.log');
  for (const [age, text] of texts.entries()) writeFileSync(age === 0 ? logPath : `${logPath}.${age}`, text);
  return logPath;
}

function makeReader(logPath: string, tailBytes = Infinity): LogReader {
  const reader = new LogReader(logPath, { tailBytes });
  onEnd(async () => await reader.close());
  return reader;
}

async function readAll(reader: LogReader): Promise<string> {
  let text = '';
  for (let chunk = await reader.next(); chunk !== undefined; chunk = await reader.next())
    text += Buffer.from(chunk).toString();
  return text;
}

/** As a shepherd does. */
function rotate(logPath: string, files: number): void {
  for (let age = files; age > 1; age--)
    try {
      renameSync(`${logPath}.${age - 1}`, `${logPath}.${age}`);
    } catch {
      // not that many yet
    }
  renameSync(logPath, `${logPath}.1`);
}

test.each<[number, string]>([
  [Infinity, 'abcdefghi'],
  [9, 'abcdefghi'],
  [7, 'cdefghi'],
  [3, 'ghi'],
  [2, 'hi'],
  [0, ''],
])('begins %d bytes before the end, in whichever file that is', async (tailBytes, text) => {
  expect(await readAll(makeReader(makeLog('ghi', 'def', 'abc'), tailBytes))).toBe(text);
});

test('more than ten old files are read in the order they were written', async () => {
  const texts = Array.from({ length: 12 }, (_, age) => `${age} `);
  expect(await readAll(makeReader(makeLog(...texts)))).toBe(texts.toReversed().join(''));
});

test('reads what is written later, through rotations', async () => {
  const logPath = makeLog('1');
  const reader = makeReader(logPath);
  let text = await readAll(reader);
  for (const next of ['2', '3', '4', '5']) {
    appendFileSync(logPath, 'a');
    rotate(logPath, 3);
    writeFileSync(logPath, next);
    text += await readAll(reader);
  }
  expect(text).toBe('1a2a3a4a5');
});

test('one that has fallen so far behind that its file is gone goes on with the oldest there is', async () => {
  const logPath = makeLog('1');
  const reader = makeReader(logPath);
  await readAll(reader);
  for (const next of ['2', '3', '4']) {
    rotate(logPath, 2);
    writeFileSync(logPath, next);
  }
  expect(await readAll(reader)).toBe('234');
});

test('reads a log that comes to be later', async () => {
  const logPath = makeLog();
  const reader = makeReader(logPath, 10);
  expect(await readAll(reader)).toBe('');
  writeFileSync(logPath, 'hello');
  expect(await readAll(reader)).toBe('hello');
});

test('a folder that is gone holds nothing', async () => {
  const dir = join(makeTempDir(onEnd), 'gone');
  mkdirSync(dir);
  const reader = makeReader(join(dir, 'output.log'));
  rmSync(dir, { recursive: true });
  expect(await readAll(reader)).toBe('');
});
