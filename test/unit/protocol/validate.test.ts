import { describe, expect, test } from '@jest/globals';
import { parse, parseJson, type Validator } from '../../../src/protocol/validate.ts';
import { validateJobAssignment } from '../../../src/protocol/generated/job.js';

const job = { jobID: 'a', executor: 'sh', filename: 'x.sh' };

describe('parse', () => {
  test('gives back the very value, with fields that it does not know', () => {
    const value = { ...job, futureField: 1 };
    expect(parse(validateJobAssignment, value, 'The job')).toBe(value);
  });

  test.each([
    [
      'a missing field',
      { jobID: 'a', executor: 'sh' },
      "The job is not valid: it must have required property 'filename'",
    ],
    ['a wrong type', { ...job, argv: ['a', 1] }, 'The job is not valid: "argv/1" must be string'],
    ['no object at all', null, 'The job is not valid: it must be object'],
  ])('names %s', (_, value, message) => {
    expect(() => parse(validateJobAssignment, value, 'The job')).toThrow(
      expect.objectContaining({ code: 'MESSAGE_INVALID', message }),
    );
  });

  test('fails with the code that the caller asks for', () => {
    expect(() => parse(validateJobAssignment, {}, 'x', 'MANIFEST_INVALID')).toThrow(
      expect.objectContaining({ code: 'MANIFEST_INVALID' }),
    );
  });

  test('has something to say for a validator that says nothing', () => {
    const silent = (() => false) as unknown as Validator<never>;
    expect(() => parse(silent, {}, 'x')).toThrow('x is not valid: unknown problem');
  });
});

describe('parseJson', () => {
  test('reads and checks', () => {
    expect(parseJson(validateJobAssignment, JSON.stringify(job), 'The job')).toEqual(job);
  });

  test.each(['', '{', 'ack', '\u0000'])('refuses %j, which is not JSON', (text) => {
    expect(() => parseJson(validateJobAssignment, text, 'The job')).toThrow(
      expect.objectContaining({ code: 'MESSAGE_INVALID', message: 'The job is not JSON' }),
    );
  });
});
