import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { systemClock } from '../../../../src/lib/clock.ts';
import { silentLogger } from '../../../../src/lib/log.ts';
import { AgentDatabase } from '../../../../src/store/agent/agent-database.ts';
import {
  JOB_PHASES,
  type Job,
  type JobFilter,
  type JobJournal,
  type JobPhase,
} from '../../../../src/store/agent/job-journal.ts';
import { SqliteJobJournal } from '../../../../src/store/agent/sqlite-job-journal.ts';
import { useCleanup } from '../../../support/cleanup.ts';
import { MemoryJobJournal } from '../../../support/memory-job-journal.ts';
import { sampleAssignment } from '../../../support/sample-assignment.ts';
import { makeTempDir } from '../../../support/temp-dir.ts';

const onEnd = useCleanup();
let now = 0;
const clock = { ...systemClock, now: () => now };

const JOURNALS: Record<string, () => JobJournal> = {
  SQLite: () => {
    const database = new AgentDatabase(join(makeTempDir(onEnd), 'state.db'));
    onEnd(() => database.close());
    return new SqliteJobJournal(database, { clock, log: silentLogger });
  },
  memory: () => new MemoryJobJournal(clock),
};

const RESULT = { outcome: 'failed', exitCode: 3, stdoutBytes: 5, stderrBytes: 0 } as const;

describe.each(Object.entries(JOURNALS))('a journal in %s', (_, open) => {
  function openWith(...jobIDs: string[]): { journal: JobJournal; jobs: Job[] } {
    now = 1000;
    const journal = open();
    return { journal, jobs: journal.accept(jobIDs.map((jobID) => sampleAssignment({ jobID }))) };
  }

  /** Walks a job to a phase, one millisecond each. */
  function walk(journal: JobJournal, job: Job, phase: JobPhase): Job {
    let current = job;
    for (const next of JOB_PHASES.slice(1, JOB_PHASES.indexOf(phase) + 1)) {
      now += 1;
      current = journal.commit(
        current,
        next === 'exited' ? { phase: next, result: RESULT } : { phase: next },
      );
    }
    return current;
  }

  test('records what is new, in order, and returns just that', () => {
    const { journal, jobs } = openWith('one', 'two');
    const assignment = sampleAssignment({ jobID: 'one' });
    expect(jobs[0]).toEqual({
      jobID: 'one',
      assignment,
      phase: 'accepted',
      phaseTimes: { accepted: 1000 },
      cancelRequested: false,
    });
    const again = [assignment, sampleAssignment({ jobID: 'three' }), sampleAssignment({ jobID: 'three' })];
    expect(journal.accept(again).map(({ jobID }) => jobID)).toEqual(['three']);
    expect(journal.active().map(({ jobID }) => jobID)).toEqual(['one', 'two', 'three']);
    expect(journal.get('two')).toEqual(jobs[1]);
    expect(journal.get('none')).toBeUndefined();
  });

  test('a repeat of a job that is long over is known', () => {
    const { journal, jobs } = openWith('one');
    walk(journal, jobs[0] as Job, 'cleaned');
    expect(journal.accept([sampleAssignment({ jobID: 'one' })])).toEqual([]);
    expect(journal.active()).toEqual([]);
  });

  test('keeps the time of every phase, and the result', () => {
    const { journal, jobs } = openWith('one');
    const cleaned = walk(journal, jobs[0] as Job, 'cleaned');
    expect(cleaned).toMatchObject({
      phase: 'cleaned',
      phaseTimes: {
        accepted: 1000,
        fetched: 1001,
        extracted: 1002,
        running: 1003,
        exited: 1004,
        reported: 1005,
        cleaned: 1006,
      },
      result: RESULT,
    });
    expect(journal.get('one')).toEqual(cleaned);
  });

  test('holds what the server has not confirmed', () => {
    const { journal, jobs } = openWith('a', 'b', 'c', 'd');
    const phases = ['accepted', 'exited', 'reported', 'cleaned'] as const;
    jobs.forEach((job, index) => walk(journal, job, phases[index] as JobPhase));
    expect(journal.holding()).toEqual(['a', 'b']);
    expect(journal.active().map(({ jobID }) => jobID)).toEqual(['a', 'b', 'c']);
  });

  test('gives the oldest of some phases, as many as are wanted', () => {
    const { journal, jobs } = openWith('a', 'b', 'c', 'd', 'e');
    const phases = ['accepted', 'exited', 'fetched', 'cleaned', 'accepted'] as const;
    jobs.forEach((job, index) => walk(journal, job, phases[index] as JobPhase));
    const ids = (filter: JobFilter): string[] => journal.active(filter).map(({ jobID }) => jobID);
    expect(ids({ phases: ['fetched', 'accepted', 'cleaned'] })).toEqual(['a', 'c', 'e']);
    expect(ids({ phases: ['fetched', 'accepted'], limit: 2 })).toEqual(['a', 'c']);
    expect(ids({ limit: 1 })).toEqual(['a']);
  });

  test('a job may leave phases out, but never goes back or stays', () => {
    const { journal, jobs } = openWith('one');
    const exited = journal.commit(jobs[0] as Job, { phase: 'exited', result: RESULT });
    for (const phase of ['accepted', 'running', 'exited'] as const)
      expect(() => journal.commit(exited, { phase })).toThrow(expect.objectContaining({ code: 'INTERNAL' }));
    expect(journal.get('one')).toEqual(exited);
  });

  test('nobody can commit on top of a state that is no more', () => {
    const { journal, jobs } = openWith('one');
    const before = jobs[0] as Job;
    walk(journal, before, 'running');
    expect(() => journal.commit(before, { phase: 'running' })).toThrow(
      expect.objectContaining({ code: 'INTERNAL', message: 'Job "one" is not "accepted" in the journal' }),
    );
  });

  test('what was only prepared can start over, and nothing else', () => {
    const { journal, jobs } = openWith('a', 'b', 'c');
    const [fetched, extracted, running] = (['fetched', 'extracted', 'running'] as const).map((phase, index) =>
      walk(journal, jobs[index] as Job, phase),
    ) as [Job, Job, Job];
    for (const job of [fetched, extracted])
      expect(journal.startOver(job)).toEqual({ ...job, phase: 'accepted', phaseTimes: { accepted: 1000 } });
    expect(journal.get('b')?.phase).toBe('accepted');
    expect(() => journal.startOver(running)).toThrow(expect.objectContaining({ code: 'INTERNAL' }));
  });

  test('a cancellation reaches what has not ended, and whoever commits next', () => {
    const { journal, jobs } = openWith('waiting', 'running', 'over');
    const running = walk(journal, jobs[1] as Job, 'running');
    walk(journal, jobs[2] as Job, 'exited');
    expect(journal.requestCancel(['waiting', 'running', 'over', 'none'])).toEqual(['waiting', 'running']);
    expect(journal.get('waiting')?.cancelRequested).toBe(true);
    expect(journal.get('over')?.cancelRequested).toBe(false);
    expect(journal.commit(running, { phase: 'exited', result: RESULT }).cancelRequested).toBe(true);
  });

  test('shows the newest first', () => {
    const { journal } = openWith('one', 'two', 'three');
    expect(journal.recent(2).map(({ jobID }) => jobID)).toEqual(['three', 'two']);
  });

  test('forgets what was cleaned long enough ago', () => {
    const { journal, jobs } = openWith('old', 'new', 'active');
    walk(journal, jobs[0] as Job, 'cleaned');
    const border = now + 1;
    walk(journal, jobs[1] as Job, 'cleaned');
    expect(journal.prune({ jobsMs: border, taskRunsMs: border })).toBe(1);
    expect(journal.recent(10).map(({ jobID }) => jobID)).toEqual(['active', 'new']);
  });
});
