import { describe, expect, test } from '@jest/globals';
import { readReport } from '../../../../src/server/dispatch/report-form.ts';

const JOB = { filename: 'run.sh', executor: 'sh', description: 'Runs', os: 'linux' };

describe('readReport', () => {
  test('reads what a client of the original posts', () => {
    const job = {
      ...JOB,
      jobID: 'job-1',
      user: 'root',
      timeCreated: '1.5Z',
      argv: ['a'],
      timeStarted: '2.5Z',
      timeEnded: '3.5Z',
      exitCode: 0,
      stdout: 'out',
      stderr: '',
    };
    const { exitCode, stdout, stderr, ...reported } = job;
    expect(readReport({ job })).toEqual({
      jobID: 'job-1',
      filename: 'run.sh',
      isDetailed: false,
      result: {
        outcome: 'succeeded',
        exitCode,
        timeStarted: '2.5Z',
        timeEnded: '3.5Z',
        stdout,
        stderr,
        reported: { ...reported, exitCode },
      },
    });
  });

  test('takes outcome, times and counts from the detail that our agents send', () => {
    const detail = {
      outcome: 'timed-out',
      reason: 'It ran for more than 5 s',
      signal: 'SIGKILL',
      phaseTimes: { accepted: 1, running: 2 },
      stdoutBytes: 10,
      stderrBytes: 0,
    };
    expect(readReport({ job: { ...JOB, exitCode: null }, detail })).toMatchObject({
      isDetailed: true,
      result: detail,
    });
  });

  test('keeps the result when the detail is from a future that it does not know', () => {
    const detail = { outcome: 'teleported', phaseTimes: {}, stdoutBytes: 0, stderrBytes: 0 };
    expect(readReport({ job: { ...JOB, exitCode: 1 }, detail })).toMatchObject({
      isDetailed: true,
      result: { outcome: 'failed', exitCode: 1 },
    });
  });

  test.each([
    [3, 3],
    [-1, -1],
    [3221225477, 3221225477],
    ['3', 3],
    [' -12 ', -12],
    [3.7, 3],
    [-3.7, -3],
    [true, 1],
    [false, 0],
    [null, undefined],
    [undefined, undefined],
  ])('reads exit code %j as %j', (exitCode, code) => {
    expect(readReport({ job: { ...JOB, exitCode } }).result.exitCode).toBe(code);
  });

  test.each([
    [0, 'succeeded'],
    [1, 'failed'],
    [undefined, 'failed'],
  ])('calls a job that ended with %j %s', (exitCode, outcome) => {
    expect(readReport({ job: { ...JOB, exitCode } }).result.outcome).toBe(outcome);
  });

  test('treats null as absent and drops keys that nobody knows', () => {
    const job = { ...JOB, stdout: null, stderr: null, argv: null, user: null, _cls: 'Job', extra: 1 };
    expect(readReport({ job }).result).toEqual({
      outcome: 'failed',
      reason: 'the agent reported no exit code',
      reported: JOB,
    });
  });

  test('makes text storable that is no Unicode, and leaves NUL, control and astral characters', () => {
    const job = { ...JOB, stdout: 'a\ud800b', stderr: '\u0000\u0085😀', description: '\udc00' };
    expect(readReport({ job }).result).toMatchObject({
      stdout: 'a\ufffdb',
      stderr: '\u0000\u0085😀',
      reported: { description: '\ufffd' },
    });
  });

  test.each<[string, unknown]>([
    ['it is not an object', null],
    ['it is not an object', 'text'],
    ['it is not an object', [JOB]],
    ['"filename" is missing', { ...JOB, filename: undefined }],
    ['"filename" is not a string', { ...JOB, filename: 1 }],
    ['"exitCode" is not an integer', { ...JOB, exitCode: 'abc' }],
    ['"exitCode" is not an integer', { ...JOB, exitCode: 2 ** 70 }],
    ['"exitCode" is not an integer', { ...JOB, exitCode: [] }],
    ['"stdout" is not a string', { ...JOB, stdout: 1 }],
    ['"stderr" is not a string', { ...JOB, stderr: ['a'] }],
    ['"timeEnded" is not a string', { ...JOB, timeEnded: 1795333254 }],
    ['"argv" is not a list of strings', { ...JOB, argv: [1] }],
    ['"argv" is not a list of strings', { ...JOB, argv: 'a' }],
  ])('refuses a job of which %s', (problem, job) => {
    expect(() => readReport({ job })).toThrow(
      expect.objectContaining({
        code: 'MESSAGE_INVALID',
        message: `The job in the request is not valid: ${problem}`,
      }),
    );
  });

  describe('of a job that the endpoint put into its journal itself', () => {
    const OWN = {
      jobID: 'own',
      executor: 'sh',
      filename: 'run.sh',
      argv: ['-v'],
      timeEnded: '1795435200.500Z',
    };
    const DETAIL = { outcome: 'succeeded', phaseTimes: {}, stdoutBytes: 0, stderrBytes: 0 };

    test.each([
      { task: 'backup', dueAt: 1795435200, attempt: 2 },
      { updateTo: '1.2.3', updateFrom: '1.2.2' },
    ])('tells what was run: %j', (origin) => {
      const { ownJob } = readReport({ job: OWN, detail: { ...DETAIL, origin } });
      expect(ownJob).toEqual({ jobID: 'own', executor: 'sh', filename: 'run.sh', argv: ['-v'], origin });
    });

    test.each([
      ['without an origin', OWN, DETAIL],
      [
        'without an ID',
        { ...OWN, jobID: undefined },
        { ...DETAIL, origin: { task: 'x', dueAt: 1, attempt: 1 } },
      ],
      [
        'with an ID that is none',
        { ...OWN, jobID: '../x' },
        { ...DETAIL, origin: { task: 'x', dueAt: 1, attempt: 1 } },
      ],
      [
        'without an executor',
        { ...OWN, executor: undefined },
        { ...DETAIL, origin: { task: 'x', dueAt: 1, attempt: 1 } },
      ],
    ])('is nothing to go by %s', (_what, job, detail) => {
      expect(readReport({ job, detail })).not.toHaveProperty('ownJob');
    });
  });
});
