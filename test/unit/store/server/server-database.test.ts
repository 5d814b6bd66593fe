import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { ServerDatabase } from '../../../../src/store/server/server-database.ts';
import { useCleanup } from '../../../support/cleanup.ts';
import { makeTempDir } from '../../../support/temp-dir.ts';

const onEnd = useCleanup();

function open(): ServerDatabase {
  const database = new ServerDatabase(join(makeTempDir(onEnd), 'server.db'));
  onEnd(() => database.close());
  return database;
}

async function names(database: ServerDatabase): Promise<unknown[]> {
  return await database.read((sql) => sql.all`SELECT name FROM settings`.map(({ name }) => name));
}

test.each(['write', 'note'] as const)('a %s counts as a whole or not at all', async (method) => {
  const database = open();
  await database[method]((sql) => sql.run`INSERT INTO settings VALUES ('a', '1')`);
  const failing = database[method]((sql) => {
    sql.run`INSERT INTO settings VALUES ('b', '1')`;
    throw new RangeError('no');
  });
  await expect(failing).rejects.toThrow(RangeError);
  expect(await names(database)).toEqual(['a']);
});

test('a failing read rejects and does not throw', async () => {
  const database = open();
  await expect(database.read((sql) => sql.get`SELECT * FROM nowhere`)).rejects.toThrow('no such table');
});

test('only what is not promised goes without waiting for the disk', async () => {
  const database = open();
  const synchronous = (): Promise<unknown> =>
    database.write((_, db) => db.prepare('PRAGMA synchronous').get()?.['synchronous']);
  const during = await database.note((_, db) => db.prepare('PRAGMA synchronous').get()?.['synchronous']);
  expect([await synchronous(), during]).toEqual([2, 1]);
});
