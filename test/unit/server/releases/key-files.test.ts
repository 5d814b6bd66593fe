import { readdirSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeEach, describe, expect, test } from '@jest/globals';
import { Metadata, Targets } from '@tufjs/models';
import { KeyFiles } from '../../../../src/server/releases/key-files.ts';
import { useCleanup } from '../../../support/cleanup.ts';
import { makeTempDir } from '../../../support/temp-dir.ts';

describe('KeyFiles', () => {
  const onEnd = useCleanup();
  let dir: string;
  let files: KeyFiles;

  beforeEach(() => {
    dir = join(makeTempDir(onEnd), 'keys');
    files = new KeyFiles(dir);
  });

  test('signs with the keys that it made, and says of others that it cannot', () => {
    const [mine, removed] = [files.make(), files.make()];
    files.remove(removed.keyID);
    const metadata = new Metadata(
      new Targets({ version: 1, specVersion: '1.0.31', expires: '2030-01-01T00:00:00Z' }),
    );
    expect(files.sign(metadata, mine.keyID)).toBe(true);
    expect(files.sign(metadata, removed.keyID)).toBe(false);
    expect(() => mine.verifySignature(metadata)).not.toThrow();
    expect(() => removed.verifySignature(metadata)).toThrow();
  });

  test('keeps each for its owner alone', () => {
    const { keyID } = files.make();
    expect(statSync(join(dir, `${keyID}.pem`)).mode & 0o777).toBe(0o600);
    expect(statSync(dir).mode & 0o777).toBe(0o700);
  });

  test('removes those that nobody names', () => {
    const [kept] = [files.make(), files.make()];
    files.removeExcept(new Set([kept.keyID]));
    expect(readdirSync(dir)).toEqual([`${kept.keyID}.pem`]);
  });

  test('refuses a file that holds another key than its name says, or none', () => {
    const [one, two] = [files.make(), files.make()];
    const pem = files.find(two.keyID)?.export({ format: 'pem', type: 'pkcs8' });
    for (const content of [pem ?? '', 'no key']) {
      writeFileSync(join(dir, `${one.keyID}.pem`), content);
      expect(() => files.find(one.keyID)).toThrow('does not hold the key it is named for');
    }
  });
});
