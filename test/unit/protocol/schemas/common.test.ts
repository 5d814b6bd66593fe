import { describe, expect, test } from '@jest/globals';
import { validateHistoryPost, validateJobAssignment } from '../../../../src/protocol/generated/job.js';
import { validateLibraryUpload } from '../../../../src/protocol/generated/admin/library.js';

const job = { jobID: 'a', executor: 'sh', filename: 'x.sh' };

describe('a file name', () => {
  test.each(['x', 'grüße ☃.sh', '.hidden', '...', 'a b.tar.gz', 'x'.repeat(255)])('can be %j', (filename) => {
    expect(validateJobAssignment({ ...job, filename })).toBe(true);
  });

  test.each([
    '',
    '.',
    '..',
    '../x',
    'a/b',
    '/etc/passwd',
    'a\\b',
    '..\\x',
    'C:x',
    'x:stream',
    'a\u0000b',
    'a\nb',
    'x\n',
    '\u007f',
    'x'.repeat(256),
    7,
    null,
  ])('is refused on both ends as %j', (filename) => {
    const upload = { executor: 'sh', filename, description: '', os: '' };
    expect([
      validateJobAssignment({ ...job, filename }),
      validateHistoryPost({ job: { ...job, filename } }),
      validateLibraryUpload(upload),
    ]).toEqual([false, false, false]);
  });
});

describe('a job ID, which names a folder', () => {
  test.each(['5d2f7a0e-9d4b-4f7e-8b1a-6f2f3c1d0a01', 'a', 'A.b_c-9', 'x'.repeat(128)])(
    'can be %j',
    (jobID) => {
      expect(validateJobAssignment({ ...job, jobID })).toBe(true);
    },
  );

  test.each(['', '.', '..', '-rf', '.hidden', 'a/b', 'a b', 'ä', 'a\n', 'x'.repeat(129)])(
    'is refused as %j',
    (jobID) => {
      expect(validateJobAssignment({ ...job, jobID })).toBe(false);
    },
  );
});

describe('arguments', () => {
  test.each([[[]], [['']], [['a b', '$(x)', '"', '\n', '☃']]])('can be %j', (argv) => {
    expect(validateJobAssignment({ ...job, argv })).toBe(true);
  });

  test.each([[[1]], [['a\u0000b']], ['ls'], [null], [Array.from({ length: 4097 }, () => 'a')]])(
    'are refused as %j',
    (argv) => {
      expect(validateJobAssignment({ ...job, argv })).toBe(false);
    },
  );
});
