import { expect, test } from '@jest/globals';
import type { LibraryStore } from '../../../../src/store/server/library-store.ts';
import { useCleanup } from '../../../support/cleanup.ts';
import { NOON, libraryRecord, openTestStore } from '../../../support/server-records.ts';

const onEnd = useCleanup();
const SECOND = libraryRecord({ jobID: 'entry-2', filename: 'grüße ☃.sh', timeoutSeconds: 60 });

function open(): LibraryStore {
  return openTestStore(onEnd).library;
}

test('entries are found by file name and listed in the order they came', async () => {
  const library = open();
  await library.add(SECOND);
  await library.add(libraryRecord());
  expect([await library.get(SECOND.filename), await library.get('none'), await library.list()]).toEqual([
    SECOND,
    undefined,
    [SECOND, libraryRecord()],
  ]);
});

test('a file name is taken once, and the first entry stays', async () => {
  const library = open();
  await library.add(libraryRecord());
  await expect(library.add(libraryRecord({ jobID: 'other' }))).rejects.toMatchObject({
    code: 'LIBRARY_ENTRY_EXISTS',
  });
  expect(await library.list()).toEqual([libraryRecord()]);
});

test.each([
  [{ description: '' }],
  [{ sha256: 'f'.repeat(64), size: 0 }],
  [{ user: 'ada', createdAt: NOON + 1 }],
])('a change to %j leaves the rest', async (change) => {
  const library = open();
  await library.add(libraryRecord());
  await library.add(SECOND);
  await library.update('run.sh', change);
  expect(await library.list()).toEqual([libraryRecord(change), SECOND]);
});

test('an entry that was removed is gone', async () => {
  const library = open();
  await library.add(libraryRecord());
  await library.add(SECOND);
  await library.remove('run.sh');
  expect(await library.list()).toEqual([SECOND]);
});

test('an unknown entry can be neither changed nor removed', async () => {
  const library = open();
  const unknown = { code: 'LIBRARY_ENTRY_NOT_FOUND' };
  await expect(library.update('none', { size: 1 })).rejects.toMatchObject(unknown);
  await expect(library.remove('none')).rejects.toMatchObject(unknown);
});

test('a unit is there as it came, and its name is taken once in the library', async () => {
  const library = open();
  const unit = { kind: 'task', name: 'backup', schedule: { cron: '0 3 * * *', splaySeconds: 60 } } as const;
  await library.add(libraryRecord({ unit }));
  expect(await library.get('run.sh')).toEqual(libraryRecord({ unit }));
  const other = libraryRecord({ filename: 'other.sh', unit: { kind: 'service', name: 'backup' } });
  await expect(library.add(other)).rejects.toMatchObject({ code: 'LIBRARY_ENTRY_EXISTS' });
  await library.remove('run.sh');
  await library.add(other);
  expect(await library.list()).toEqual([other]);
});

test('a unit is changed as a whole, but not to a name that another has', async () => {
  const library = open();
  const unit = { kind: 'service', name: 'web' } as const;
  await library.add(libraryRecord({ unit: { ...unit, restart: 'never' } }));
  await library.add({ ...SECOND, unit: { kind: 'service', name: 'db' } });
  await library.update('run.sh', { unit });
  expect(await library.get('run.sh')).toEqual(libraryRecord({ unit }));
  await expect(library.update('run.sh', { unit: { ...unit, name: 'db' } })).rejects.toMatchObject({
    code: 'LIBRARY_ENTRY_EXISTS',
    message: 'The library has an entry "run.sh", or one whose unit is "db", already',
  });
});
