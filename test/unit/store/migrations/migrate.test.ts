import { DatabaseSync } from 'node:sqlite';
import { expect, test } from '@jest/globals';
import { isAppError } from '../../../../src/lib/errors.ts';
import { migrate, type Migration } from '../../../../src/store/migrations/migrate.ts';
import { useCleanup } from '../../../support/cleanup.ts';

const onEnd = useCleanup();
const filePath = 'state.db';

const ONE: Migration = { version: 1, breaking: true, sql: 'CREATE TABLE one (a TEXT)' };
const TWO: Migration = { version: 2, breaking: false, sql: 'ALTER TABLE one ADD COLUMN b TEXT' };
const BREAKING_TWO: Migration = { ...TWO, breaking: true };

function openMemory(): DatabaseSync {
  const db = new DatabaseSync(':memory:');
  onEnd(() => db.close());
  return db;
}

function columns(db: DatabaseSync): unknown[] {
  return db
    .prepare("SELECT name FROM pragma_table_info('one')")
    .all()
    .map(({ name }) => name);
}

test('an empty database gets every step, once', () => {
  const db = openMemory();
  migrate(db, [ONE, TWO], { filePath });
  migrate(db, [ONE, TWO], { filePath });
  expect(columns(db)).toEqual(['a', 'b']);
});

test('a database of an older version gets what it lacks and keeps its rows', () => {
  const db = openMemory();
  migrate(db, [ONE], { filePath });
  db.exec("INSERT INTO one VALUES ('kept')");
  migrate(db, [ONE, TWO], { filePath });
  expect(db.prepare('SELECT a, b FROM one').all()).toEqual([{ a: 'kept', b: null }]);
});

test('a database of a newer version is used as it is when no newer step is breaking', () => {
  const db = openMemory();
  migrate(db, [ONE, TWO], { filePath });
  migrate(db, [ONE], { filePath });
  expect(columns(db)).toEqual(['a', 'b']);
});

test('a database with a newer breaking step is refused and left alone', () => {
  const db = openMemory();
  migrate(db, [ONE, BREAKING_TWO], { filePath });
  expect(() => migrate(db, [ONE], { filePath })).toThrow(
    expect.objectContaining({ code: 'STATE_TOO_NEW', message: expect.stringContaining(filePath) as unknown }),
  );
  expect(columns(db)).toEqual(['a', 'b']);
});

test('a step that fails leaves nothing of this run behind', () => {
  const db = openMemory();
  const broken: Migration = { version: 2, breaking: false, sql: 'ALTER TABLE nowhere ADD COLUMN b TEXT' };
  let caught: unknown;
  try {
    migrate(db, [ONE, broken], { filePath });
  } catch (error) {
    caught = error;
  }
  expect([isAppError(caught), columns(db)]).toEqual([false, []]);
});

const THREE: Migration = { version: 3, breaking: false, sql: 'ALTER TABLE one ADD COLUMN c TEXT' };

test('as long as an older program may come back, no breaking step and nothing after it is taken', () => {
  const db = openMemory();
  migrate(db, [ONE], { filePath });
  migrate(db, [ONE, BREAKING_TWO, THREE], { filePath, holdBreaking: true });
  expect(columns(db)).toEqual(['a']);
  migrate(db, [ONE], { filePath });
  migrate(db, [ONE, BREAKING_TWO, THREE], { filePath });
  expect(columns(db)).toEqual(['a', 'b', 'c']);
});

test('no older program comes back to a new database, so it gets every step', () => {
  const db = openMemory();
  migrate(db, [ONE, BREAKING_TWO], { filePath, holdBreaking: true });
  expect(columns(db)).toEqual(['a', 'b']);
});
