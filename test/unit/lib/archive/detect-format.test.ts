import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { expect, test } from '@jest/globals';
import { detectFormat } from '../../../../src/lib/archive/detect-format.ts';
import { useCleanup } from '../../../support/cleanup.ts';
import { rawTar } from '../../../support/raw-tar.ts';
import { rawZip } from '../../../support/raw-zip.ts';
import { makeTempDir } from '../../../support/temp-dir.ts';

const onEnd = useCleanup();
const tar = rawTar([{ path: 'a' }]);
const changed = Buffer.from(tar);
changed[0] = 'b'.charCodeAt(0);

test.each<[string, Buffer, string | undefined]>([
  ['a zip', rawZip([{ name: 'a' }]), 'zip'],
  ['an empty zip', rawZip([]), 'zip'],
  ['a tar', tar, 'tar'],
  ['a gzip', gzipSync('x'), 'tar.gz'],
  ['a tar whose first header was changed', changed, undefined],
  ['a script', Buffer.from('#!/bin/sh\n'.repeat(100)), undefined],
  ['half a block', tar.subarray(0, 256), undefined],
  ['nothing', Buffer.alloc(0), undefined],
  ['zeros', Buffer.alloc(1024), undefined],
])('%s is told by its content, whatever its name', async (_, content, format) => {
  const path = join(makeTempDir(onEnd), 'archive.txt');
  writeFileSync(path, content);
  await expect(detectFormat(path)).resolves.toEqual({ format, archiveBytes: content.length });
});
