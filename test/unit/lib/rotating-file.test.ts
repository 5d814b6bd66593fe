import { mkdirSync, readFileSync, readdirSync, statSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { RotatingFile, type RotatingFileOptions } from '../../../src/lib/rotating-file.ts';
import { useCleanup } from '../../support/cleanup.ts';
import { testOnPosix } from '../../support/on-posix.ts';
import { makeTempDir } from '../../support/temp-dir.ts';

const onEnd = useCleanup();
const DAY_MS = 86_400_000;

function openIn(dir: string, options: Partial<RotatingFileOptions> = {}): RotatingFile {
  const defaults = { dir, stem: 'agent', maxBytes: 1000, maxFiles: 3, maxAgeDays: 7, now: () => Date.now() };
  const file = new RotatingFile({ ...defaults, ...options });
  onEnd(() => file.close());
  return file;
}

function contentsOf(dir: string): string[] {
  return readdirSync(dir)
    .sort()
    .map((name) => readFileSync(join(dir, name), 'utf8'));
}

test('lines are in the file at once, and go on after those of an earlier process', () => {
  const dir = join(makeTempDir(onEnd), 'logs');
  const first = openIn(dir);
  first.write('one\n');
  openIn(dir).write('two\n');
  expect(readFileSync(join(dir, 'agent.log'), 'utf8')).toBe('one\ntwo\n');
});

test('a file is closed before it would grow too large, and only so many are kept', () => {
  const dir = makeTempDir(onEnd);
  let now = Date.parse('2026-01-01');
  const file = openIn(dir, { maxBytes: 10, maxFiles: 2, now: () => (now += 1000) });
  for (const line of ['1aaaaaa\n', '2bbbbbb\n', '3cccccc\n', '4dddddd\n']) file.write(line);
  expect(contentsOf(dir)).toEqual(['2bbbbbb\n', '3cccccc\n', '4dddddd\n']);
});

test('a line that is larger than a file may be still gets one', () => {
  const dir = makeTempDir(onEnd);
  openIn(dir, { maxBytes: 4 }).write('much longer\n');
  expect(contentsOf(dir)).toEqual(['much longer\n']);
});

test('a file is closed after a day, and old ones go when their days are over', () => {
  const dir = makeTempDir(onEnd);
  const longAgo = new Date(Date.now() - 8 * DAY_MS);
  for (const [name, time] of [
    ['agent-old.log', longAgo],
    ['agent-young.log', new Date()],
    ['other-old.log', longAgo],
  ] as const) {
    writeFileSync(join(dir, name), `${name}\n`);
    utimesSync(join(dir, name), time, time);
  }
  let now = Date.now();
  const file = openIn(dir, { now: () => now });
  file.write('today\n');
  now += DAY_MS + 1;
  file.write('tomorrow\n');
  expect(contentsOf(dir).sort()).toEqual(['agent-young.log\n', 'other-old.log\n', 'today\n', 'tomorrow\n']);
});

test('a folder that cannot be written costs lines, but nothing else, and is tried again', () => {
  const parent = makeTempDir(onEnd);
  const dir = join(parent, 'logs');
  writeFileSync(dir, 'a file is in the way');
  const file = openIn(join(dir, 'below'));
  file.write('lost\n');
  const elsewhere = openIn(join(parent, 'later'));
  mkdirSync(join(parent, 'later', 'agent.log'), { recursive: true });
  elsewhere.write('lost too\n');
  expect(readdirSync(parent)).toEqual(['later', 'logs']);
});

testOnPosix('nobody else can read a log', () => {
  const dir = join(makeTempDir(onEnd), 'logs');
  openIn(dir).write('secret\n');
  expect([statSync(dir).mode & 0o777, statSync(join(dir, 'agent.log')).mode & 0o777]).toEqual([0o700, 0o600]);
});
