import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { AgentDatabase } from '../../../../src/store/agent/agent-database.ts';
import { useCleanup } from '../../../support/cleanup.ts';
import { makeTempDir } from '../../../support/temp-dir.ts';

const onEnd = useCleanup();
const RECORD = '{}';

function open(): { database: AgentDatabase; filePath: string } {
  const filePath = join(makeTempDir(onEnd), 'state.db');
  const database = new AgentDatabase(filePath);
  onEnd(() => database.close());
  return { database, filePath };
}

function synchronous(database: AgentDatabase): unknown {
  return database.read((sql) => sql.get`PRAGMA synchronous`?.['synchronous']);
}

const NORMAL = 1;
const FULL = 2;

test('waits for the disk, but for writes that may be lost to a power cut', () => {
  const { database } = open();
  const during = database.write((sql) => sql.get`PRAGMA synchronous`?.['synchronous'], {
    survivesPowerCut: false,
  });
  expect([synchronous(database), during, synchronous(database)]).toEqual([FULL, NORMAL, FULL]);
});

test('goes back to waiting when such a write fails', () => {
  const { database } = open();
  const fail = (): never => {
    throw new Error('no');
  };
  expect(() => database.write(fail, { survivesPowerCut: false })).toThrow('no');
  expect(synchronous(database)).toBe(FULL);
});

test('a failing write leaves nothing behind', () => {
  const { database } = open();
  expect(() =>
    database.write((sql) => {
      sql.run`INSERT INTO connection (onlyRow, record) VALUES (1, ${RECORD})`;
      throw new Error('no');
    }),
  ).toThrow('no');
  expect(database.read((sql) => sql.get`SELECT * FROM connection`)).toBeUndefined();
});

test('a full disk can be waited for, and is told as what it is', () => {
  const { database, filePath } = open();
  database.read((sql) => sql.get`PRAGMA max_page_count = 1`); // SQLite takes the current size instead, so it is full now
  const huge = 'x'.repeat(100_000);
  expect(() =>
    database.write((sql) => sql.run`INSERT INTO connection (onlyRow, record) VALUES (1, ${huge})`),
  ).toThrow(
    expect.objectContaining({
      code: 'STATE_UNWRITABLE',
      retryable: true,
      message: expect.stringContaining(filePath),
    }),
  );
  database.read((sql) => sql.get`PRAGMA max_page_count = 100000`);
  database.write((sql) => sql.run`INSERT INTO connection (onlyRow, record) VALUES (1, ${huge})`);
});

test('a file whose pages contradict each other is found damaged when it is opened', () => {
  const filePath = join(makeTempDir(onEnd), 'state.db');
  new AgentDatabase(filePath).close();
  const pages = readFileSync(filePath);
  // The last page belongs to an index or a table; nothing reads it at opening but the check.
  writeFileSync(filePath, pages.fill(0xa5, pages.length - 4096));
  expect(() => new AgentDatabase(filePath)).toThrow(expect.objectContaining({ code: 'STATE_CORRUPT' }));
});
