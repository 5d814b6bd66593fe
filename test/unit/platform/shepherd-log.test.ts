import { mkdirSync, readdirSync, readFileSync, rmdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { ShepherdLog } from '../../../src/platform/shepherd-log.ts';
import { useCleanup } from '../../support/cleanup.ts';
import { makeTempDir } from '../../support/temp-dir.ts';

const onEnd = useCleanup();

interface World {
  readonly dir: string;
  readonly log: ShepherdLog;
  readonly limits: { text: string };
  readonly write: (...pieces: string[]) => void;
  /** By name. */
  readonly texts: () => Record<string, string>;
}

function makeLog(before?: string): World {
  const dir = makeTempDir(onEnd);
  const path = join(dir, 'log');
  if (before !== undefined) writeFileSync(path, before);
  const limits = { text: '10 2\n' };
  const log = new ShepherdLog(path, () => limits.text);
  onEnd(() => log.close());
  return {
    ...{ dir, log, limits },
    write: (...pieces) => pieces.forEach((piece) => log.write(Buffer.from(piece))),
    texts: () =>
      Object.fromEntries(readdirSync(dir).map((name) => [name, readFileSync(join(dir, name), 'utf8')])),
  };
}

test('a file that is full makes room, and so many older ones are kept', () => {
  const { write, texts } = makeLog();
  write('a'.repeat(10), 'b'.repeat(6), 'b'.repeat(6), 'c'.repeat(10), 'd');
  expect(texts()).toEqual({ log: 'd', 'log.1': 'c'.repeat(10), 'log.2': 'b'.repeat(12) });
});

test('what an earlier run has written counts', () => {
  const { write, texts } = makeLog('x'.repeat(10));
  write('new');
  expect(texts()).toEqual({ log: 'new', 'log.1': 'x'.repeat(10) });
});

test('other limits hold from then on', () => {
  const { limits, write, texts } = makeLog();
  write('a'.repeat(5));
  limits.text = '4 1\n';
  write('b', 'c');
  expect(texts()).toEqual({ log: 'bc', 'log.1': 'a'.repeat(5) });
});

test('what cannot be written is passed over, and the next piece tried afresh', () => {
  const { dir, write, texts } = makeLog();
  mkdirSync(join(dir, 'log'));
  write('lost');
  rmdirSync(join(dir, 'log'));
  write('kept');
  expect(texts()).toEqual({ log: 'kept' });
});
