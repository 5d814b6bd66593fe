import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Writable } from 'node:stream';
import { expect, test } from '@jest/globals';
import { createLogger, type ClosableLogger, type LogLevel } from '../../../src/lib/create-logger.ts';
import { AppError } from '../../../src/lib/errors.ts';
import { useCleanup } from '../../support/cleanup.ts';
import { makeTempDir } from '../../support/temp-dir.ts';
import { waitFor } from '../../support/wait-for.ts';

const onEnd = useCleanup();
const clock = { now: () => Date.parse('2026-11-23T08:09:10.123Z') };

function logToFile(level: LogLevel = 'debug'): {
  log: ClosableLogger;
  lines: () => Record<string, unknown>[];
} {
  const dir = makeTempDir(onEnd);
  const log = createLogger({
    level,
    clock,
    file: { dir, stem: 'agent', maxBytes: 1e6, maxFiles: 1, maxAgeDays: 1 },
  });
  onEnd(() => log.close());
  const lines = (): Record<string, unknown>[] =>
    readFileSync(join(dir, 'agent.log'), 'utf8')
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line) as Record<string, unknown>);
  return { log, lines };
}

async function firstLine(lines: () => Record<string, unknown>[]): Promise<Record<string, unknown>> {
  return await waitFor(
    () => {
      try {
        return lines()[0];
      } catch {
        return undefined; // the file is not there yet
      }
    },
    { what: 'a line' },
  );
}

test('a line is one JSON object: time, level, event, message, then the fields of the log and its own', async () => {
  const { log, lines } = logToFile();
  log.child({ module: 'jobs' }).child({ jobID: 'j1' }).info('job.exited', 'A job ended', { exitCode: 0 });
  const line = await firstLine(lines);
  expect(Object.entries(line)).toEqual([
    ['time', '2026-11-23T08:09:10.123Z'],
    ['level', 'info'],
    ['evt', 'job.exited'],
    ['msg', 'A job ended'],
    ['module', 'jobs'],
    ['jobID', 'j1'],
    ['exitCode', 0],
  ]);
});

test('an error is its code, its chain of messages and its stack', async () => {
  const { log, lines } = logToFile();
  const err = new AppError('SPAWN_FAILED', 'Cannot start "x"', { cause: new Error('spawn EACCES') });
  log.error('job.failed', 'A job failed', { err });
  expect((await firstLine(lines))['err']).toEqual({
    code: 'SPAWN_FAILED',
    chain: 'Cannot start "x": spawn EACCES',
    stack: expect.stringContaining('create-logger.test'),
  });
});

test('secrets do not get into a line, neither by a field nor in a message of an error', async () => {
  const { log, lines } = logToFile();
  const err = new AppError('TOKEN_INVALID', 'Cannot use "cmdr1.abc.def"');
  log.warn('enroll.failed', 'Not enrolled', { token: 'x', err, text: '-----BEGIN PRIVATE KEY-----\nMII' });
  const text = JSON.stringify(await firstLine(lines));
  expect(text).not.toMatch(/cmdr1|MII|"x"/);
});

test('a field that cannot be written costs itself, not the process', async () => {
  const { log, lines } = logToFile();
  const circular: Record<string, unknown> = {};
  circular['self'] = circular;
  log.info('odd', 'An odd field', { circular });
  expect(await firstLine(lines)).toEqual({ unwritable: expect.stringContaining('circular') });
});

test.each([
  ['error', 1],
  ['warn', 2],
  ['info', 3],
  ['debug', 4],
] as const)('at level %s, %i of the four levels are written', async (level, count) => {
  const { log, lines } = logToFile(level);
  log.debug('d', 'debug');
  log.info('i', 'info');
  log.warn('w', 'warn');
  log.error('e', 'error');
  await waitFor(() => lastOf(lines) === 'error', { what: 'the last line' });
  expect(lines()).toHaveLength(count);
});

function lastOf(lines: () => Record<string, unknown>[]): unknown {
  try {
    return lines().at(-1)?.['msg'];
  } catch {
    return undefined; // the file is not there yet
  }
}

test('a terminal gets a line for people', async () => {
  let text = '';
  const terminal = new Writable({
    write(chunk: Buffer, _encoding, done) {
      text += chunk.toString();
      done();
    },
  });
  const log = createLogger({ level: 'info', clock, terminal });
  onEnd(() => log.close());
  log.warn('checkin.failed', 'Not checked in', { err: new Error('no route, cmdr1.abc'), retryInMs: 5 });
  log.info('plain', 'Plain');
  await waitFor(() => text.includes('Plain'), { what: 'the lines' });
  expect(text).toBe(
    '08:09:10 warn  Not checked in: no route, [redacted] {"retryInMs":5}\n08:09:10 info  Plain\n',
  );
});

test('with nowhere to write to, nothing is written and nothing complained about', () => {
  const log = createLogger({ level: 'debug', clock });
  expect(() => log.error('e', 'Unheard')).not.toThrow();
  log.close();
});
