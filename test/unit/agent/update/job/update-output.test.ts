import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { UpdateOutput } from '../../../../../src/agent/update/job/update-output.ts';
import { useCleanup } from '../../../../support/cleanup.ts';
import { makeTempDir } from '../../../../support/temp-dir.ts';

const onEnd = useCleanup();

test('each version adds its lines to the same file', () => {
  const path = join(makeTempDir(onEnd), 'job', 'stdout');
  expect(new UpdateOutput(path, () => 0).bytes).toBe(0);
  new UpdateOutput(path, () => 0).line('Switching');
  const after = new UpdateOutput(path, () => 1000);
  after.line('Proven');
  const text = '1970-01-01T00:00:00.000Z Switching\n1970-01-01T00:00:01.000Z Proven\n';
  expect([readFileSync(path, 'utf8'), after.bytes]).toEqual([text, text.length]);
});

test('what cannot be written stops nobody', () => {
  const file = join(makeTempDir(onEnd), 'file');
  writeFileSync(file, '');
  expect(() => new UpdateOutput(join(file, 'stdout'), () => 0).line('Switching')).not.toThrow();
});
