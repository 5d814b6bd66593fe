import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { expect, test } from '@jest/globals';
import { systemClock } from '../../../../src/lib/clock.ts';
import { silentLogger, type LogFields, type Logger } from '../../../../src/lib/log.ts';
import { AgentDatabase } from '../../../../src/store/agent/agent-database.ts';
import { SqliteJobJournal } from '../../../../src/store/agent/sqlite-job-journal.ts';
import { useCleanup } from '../../../support/cleanup.ts';
import { sampleAssignment } from '../../../support/sample-assignment.ts';
import { makeTempDir } from '../../../support/temp-dir.ts';

const onEnd = useCleanup();

test('a row that cannot be read is set aside and told once; the good ones beside it go on', () => {
  const filePath = join(makeTempDir(onEnd), 'state.db');
  const database = new AgentDatabase(filePath);
  onEnd(() => database.close());
  const errors: [string, LogFields | undefined][] = [];
  const log: Logger = { ...silentLogger, error: (evt, _, fields) => errors.push([evt, fields]) };
  const journal = new SqliteJobJournal(database, { clock: { ...systemClock, now: () => 7 }, log });
  journal.accept(['good', 'bad', 'better'].map((jobID) => sampleAssignment({ jobID })));
  database.write((sql) => sql.run`UPDATE jobs SET assignment = '{"cut' WHERE jobID = 'bad'`);

  expect(journal.active().map(({ jobID }) => jobID)).toEqual(['good', 'better']);
  expect(journal.recent(10).map(({ jobID }) => jobID)).toEqual(['better', 'good']);

  expect(errors).toEqual([['journal.job-quarantined', { jobID: 'bad', err: expect.any(Error) }]]);
  const outsider = new DatabaseSync(filePath, { readOnly: true });
  onEnd(() => outsider.close());
  expect(outsider.prepare('SELECT jobID, problem, content, setAsideAt FROM quarantine').all()).toEqual([
    {
      jobID: 'bad',
      problem: expect.stringContaining('The assignment is not JSON'),
      content: expect.stringContaining('{\\"cut'),
      setAsideAt: 7,
    },
  ]);
});

test('what was written is there for the next process', () => {
  const filePath = join(makeTempDir(onEnd), 'state.db');
  const options = { clock: systemClock, log: silentLogger };
  const first = new AgentDatabase(filePath);
  const [job] = new SqliteJobJournal(first, options).accept([sampleAssignment()]);
  first.close();
  const second = new AgentDatabase(filePath);
  onEnd(() => second.close());
  expect(new SqliteJobJournal(second, options).active()).toEqual([job]);
});
