import { expect, test } from '@jest/globals';
import { findEntry } from '../../../../src/cli/library/find-entry.ts';
import type { LibraryEntry } from '../../../../src/protocol/schemas/admin/library.ts';

const entry: LibraryEntry = {
  ...{ jobID: '1', executor: 'sh', filename: 'a.sh', description: '', os: 'any', timeCreated: '' },
};

test('an entry is found by its whole name only', () => {
  expect(findEntry([entry], 'a.sh')).toBe(entry);
  expect(() => findEntry([entry], 'a')).toThrow(
    expect.objectContaining({ code: 'LIBRARY_ENTRY_NOT_FOUND', message: 'The library has no "a"' }),
  );
});
