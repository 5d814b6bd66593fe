import { describe, expect, test } from '@jest/globals';
import { ReleaseMarkFinder, releaseMark } from '../../../src/protocol/release-mark.ts';

const RELEASE = { version: '1.2.3-beta.1', platform: 'linux-x64' } as const;

describe('ReleaseMarkFinder', () => {
  test('finds the mark wherever the pieces of the file part it', () => {
    const file = Buffer.from(`\0\0noise${releaseMark(RELEASE)}\xff\xffmore noise`, 'latin1');
    for (let cut = 0; cut < file.length; cut++) {
      expect(find(file.subarray(0, cut), file.subarray(cut))).toEqual(RELEASE);
    }
    expect(find(...Array.from(file, (byte) => Uint8Array.of(byte)))).toEqual(RELEASE);
  });

  test.each([
    ['nothing', ''],
    ['the beginning alone', 'commander-agent release '],
    ['no JSON', 'commander-agent release {"version";'],
    ['another platform than we know', 'commander-agent release {"version":"1.0.0","platform":"amiga"};'],
    ['no version', 'commander-agent release {"version":"latest","platform":"linux-x64"};'],
    ['a mark that is cut off', releaseMark(RELEASE).slice(0, -3)],
  ])('finds none in %s', (_what, text) => {
    expect(find(Buffer.from(text))).toBeUndefined();
  });

  test('finds the mark behind what only begins like one', () => {
    expect(find(Buffer.from(`commander-agent release x;${releaseMark(RELEASE)}`))).toEqual(RELEASE);
  });

  test('refuses a file with two that contradict each other', () => {
    const marks = [releaseMark(RELEASE), releaseMark({ ...RELEASE, version: '1.2.4' })];
    expect(() => find(...marks.map((mark) => Buffer.from(mark)))).toThrow(
      'The file calls itself both 1.2.3-beta.1 for linux-x64 and 1.2.4 for linux-x64',
    );
  });
});

function find(...pieces: Uint8Array[]): unknown {
  const finder = new ReleaseMarkFinder();
  for (const piece of pieces) finder.add(piece);
  return finder.found;
}
