import { describe, expect, test } from '@jest/globals';
import { AppError } from '../../../src/lib/errors.ts';
import { Stopped, isAbortOf, stopReasonOf } from '../../../src/lib/stopped.ts';

const stopped = new Stopped('update');
const aborted = AbortSignal.abort(stopped);
const live = new AbortController().signal;

function wrap(cause: unknown): AppError {
  return new AppError('SERVER_UNREACHABLE', 'Cannot ask the server', { cause });
}

describe('stopReasonOf', () => {
  test.each([
    ['what the Stopped says', aborted, 'update'],
    ['shutdown for a reason that is not ours', AbortSignal.abort(), 'shutdown'],
    ['nothing while the signal is live', live, undefined],
  ])('is %s', (_, signal, why) => {
    expect(stopReasonOf(signal)).toBe(why);
  });
});

describe('isAbortOf', () => {
  test.each([
    ['the reason itself', stopped],
    ['the AbortError of a Node API', new DOMException('This operation was aborted', 'AbortError')],
    ['an error that the reason caused', wrap(stopped)],
    ['one wrapped at two boundaries', wrap(wrap(new DOMException('aborted', 'AbortError')))],
  ])('recognises %s', (_, error) => {
    expect(isAbortOf(aborted, error)).toBe(true);
  });

  test.each([
    ['a failure of its own', wrap(new Error('ECONNRESET'))],
    ['another stop', new Stopped('timeout')],
    ['no error at all', undefined],
  ])('does not take %s for an echo', (_, error) => {
    expect(isAbortOf(aborted, error)).toBe(false);
  });

  test('says no while the signal is live, whatever the error is', () => {
    expect(isAbortOf(live, new DOMException('aborted', 'AbortError'))).toBe(false);
  });
});
