import { expect, test } from '@jest/globals';
import { ProgressBar } from '../../../../src/cli/format/progress-bar.ts';
import { captureConsole } from '../../../support/run-commander.ts';

const CLEAR = '\r\u001b[K';

test('a line is drawn over itself and taken away in the end', () => {
  const { console, stderr } = captureConsole({ typed: [] });
  const bar = new ProgressBar(console, { label: 'Uploading a', totalBytes: 1_000_000 });
  for (const bytes of [0, 500_000, 500_001, 1_000_000, 1_000_300]) bar.update(bytes);
  bar.end();
  expect(stderr().split(CLEAR).slice(1)).toEqual([
    'Uploading a  [------------------------]   0 % of 1.0 MB',
    'Uploading a  [############------------]  50 % of 1.0 MB',
    'Uploading a  [########################] 100 % of 1.0 MB',
    '',
  ]);
});

test('nothing is drawn where nobody watches', () => {
  const { console, stderr } = captureConsole();
  const bar = new ProgressBar(console, { label: 'Uploading a', totalBytes: 0 });
  bar.update(0);
  bar.end();
  expect(stderr()).toBe('');
});
