import { mkdirSync, readFileSync, readdirSync, statSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { writeFileAtomic } from '../../../src/lib/atomic-file.ts';
import { useCleanup } from '../../support/cleanup.ts';
import { makeTempDir } from '../../support/temp-dir.ts';

const onEnd = useCleanup();

describe('writeFileAtomic', () => {
  test('makes a file, replaces it, and leaves nothing beside it', () => {
    const dir = makeTempDir(onEnd);
    const path = join(dir, 'key.pem');
    writeFileAtomic(path, 'old and longer', { mode: 0o600 });
    writeFileAtomic(path, Buffer.from('new'), { mode: 0o600 });
    expect(readFileSync(path, 'utf8')).toBe('new');
    expect(readdirSync(dir)).toEqual(['key.pem']);
  });

  test('gives the new file its mode, whatever the old one had', () => {
    const path = join(makeTempDir(onEnd), 'key.pem');
    writeFileSync(path, 'readable by all', { mode: 0o644 });
    writeFileAtomic(path, 'secret', { mode: 0o600 });
    if (process.platform !== 'win32') expect(statSync(path).mode & 0o777).toBe(0o600);
  });

  test('keeps the old content and leaves nothing aside when the new one cannot be put in place', () => {
    const dir = makeTempDir(onEnd);
    mkdirSync(join(dir, 'taken/by-a-folder'), { recursive: true });
    expect(() => writeFileAtomic(join(dir, 'taken'), 'x', { mode: 0o600 })).toThrow();
    expect(readdirSync(dir)).toEqual(['taken']);
  });

  test('removes what a crash left aside, but not what another process is writing now', () => {
    const dir = makeTempDir(onEnd);
    const leftover = 'key.pem.00000000-0000-4000-8000-000000000001.tmp';
    const inFlight = 'key.pem.00000000-0000-4000-8000-000000000002.tmp';
    const ofAnother = 'key.pem.mine.tmp';
    for (const name of [leftover, inFlight, ofAnother]) writeFileSync(join(dir, name), 'half');
    for (const name of [leftover, ofAnother]) utimesSync(join(dir, name), 1, 1);
    writeFileAtomic(join(dir, 'key.pem'), 'whole', { mode: 0o600 });
    expect(readdirSync(dir).sort()).toEqual(['key.pem', inFlight, ofAnother]);
  });
});
