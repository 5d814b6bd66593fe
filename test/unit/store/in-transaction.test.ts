import { DatabaseSync } from 'node:sqlite';
import { expect, test } from '@jest/globals';
import { inTransaction } from '../../../src/store/in-transaction.ts';
import { useCleanup } from '../../support/cleanup.ts';

const onEnd = useCleanup();

function openMemory(): DatabaseSync {
  const db = new DatabaseSync(':memory:');
  onEnd(() => db.close());
  db.exec('CREATE TABLE numbers (n INTEGER) STRICT');
  return db;
}

function numbers(db: DatabaseSync): unknown[] {
  return db
    .prepare('SELECT n FROM numbers')
    .all()
    .map(({ n }) => n);
}

test('all statements count, and the result of the work is given back', () => {
  const db = openMemory();
  const result = inTransaction(db, () => {
    db.exec('INSERT INTO numbers VALUES (1)');
    db.exec('INSERT INTO numbers VALUES (2)');
    return 'done';
  });
  expect([result, numbers(db), db.isTransaction]).toEqual(['done', [1, 2], false]);
});

test('a throw undoes every statement and passes on', () => {
  const db = openMemory();
  const work = (): void => {
    db.exec('INSERT INTO numbers VALUES (1)');
    throw new RangeError('no');
  };
  expect(() => inTransaction(db, work)).toThrow(RangeError);
  expect([numbers(db), db.isTransaction]).toEqual([[], false]);
});
