import { expect, test } from '@jest/globals';
import { formatSize } from '../../../../src/cli/format/size.ts';

test.each([
  [0, '0 B'],
  [999, '999 B'],
  [1000, '1.0 KB'],
  [1_540_000, '1.5 MB'],
  [16_777_216, '16.8 MB'],
  [3e15, '3000.0 TB'],
])('%d bytes are shown as "%s"', (bytes, shown) => {
  expect(formatSize(bytes)).toBe(shown);
});
