import { describe, expect, test } from '@jest/globals';
import { GENERIC, missingJobFields, missingParameters } from '../../../../src/protocol/commander/replies.ts';

describe('what the original says', () => {
  test.each([
    [[], ['file'], "request is missing the following parameters: data=['file']"],
    [['Agent-ID'], [], "request is missing the following parameters: headers=['Agent-ID']"],
    [
      ['Agent-ID'],
      ['hostname', 'os'],
      "request is missing the following parameters: headers=['Agent-ID'], data=['hostname', 'os']",
    ],
  ])('names missing headers %j and fields %j as Python prints lists', (headers, data, text) => {
    expect(missingParameters(headers, data)).toBe(text);
  });

  test('names missing fields of a job', () => {
    expect(missingJobFields(['executor', 'os'])).toBe(
      "the job in the request is missing the following fields: ['executor', 'os']",
    );
  });

  test('has the shape of the framework for errors that are not its own', () => {
    expect(GENERIC.badRequest).toEqual({
      code: 400,
      name: 'Bad Request',
      description: 'The browser (or proxy) sent a request that this server could not understand.',
    });
  });
});
