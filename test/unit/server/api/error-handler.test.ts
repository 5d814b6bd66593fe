import { describe, expect, test } from '@jest/globals';
import Fastify from 'fastify';
import { AppError } from '../../../../src/lib/errors.ts';
import { silentLogger } from '../../../../src/lib/log.ts';
import { makeErrorHandler } from '../../../../src/server/api/error-handler.ts';
import { badRequest, refusal } from '../../../../src/server/api/http-refusal.ts';
import { useCleanup } from '../../../support/cleanup.ts';
import { serveApp } from '../../../support/serve-app.ts';

interface Answer {
  status: number;
  body: unknown;
  retryAfter: unknown;
  logged: string[];
}

describe('an error of a route', () => {
  const onEnd = useCleanup();

  async function answerTo(error: unknown): Promise<Answer> {
    const logged: string[] = [];
    const app = Fastify();
    app.setErrorHandler(makeErrorHandler({ ...silentLogger, error: (evt) => logged.push(evt) }));
    app.get('/', () => {
      throw error;
    });
    const { status, json, headers } = await (await serveApp(app, onEnd)).call('GET', '/');
    return { status, body: json, retryAfter: headers['retry-after'], logged };
  }

  test.each<[string, unknown, number, unknown]>([
    ['a refusal', refusal(401, 'no'), 401, { error: 'no' }],
    ['a bad request', badRequest(), 400, expect.objectContaining({ name: 'Bad Request' })],
    [
      'an error of ours',
      new AppError('JOB_NOT_FOUND', 'None'),
      404,
      { error: 'None', code: 'JOB_NOT_FOUND' },
    ],
    ['bad input', new AppError('MESSAGE_INVALID', 'Wrong'), 400, { error: 'Wrong', code: 'MESSAGE_INVALID' }],
    [
      'wrong credentials',
      new AppError('CREDENTIALS_REFUSED', 'No'),
      401,
      { error: 'No', code: 'CREDENTIALS_REFUSED' },
    ],
    [
      'an error of the framework',
      Object.assign(new Error('too much'), { statusCode: 413 }),
      413,
      { error: 'too much' },
    ],
    [
      'a bad request of the framework',
      Object.assign(new Error('x'), { statusCode: 400 }),
      400,
      expect.objectContaining({ name: 'Bad Request' }),
    ],
  ])('that is %s is answered as such and not logged', async (_what, error, status, body) => {
    expect(await answerTo(error)).toEqual({ status, body, retryAfter: undefined, logged: [] });
  });

  test('that says how long to wait is answered with 429', async () => {
    const error = new AppError('CREDENTIALS_REFUSED', 'Slowly', { retryAfterMs: 1500 });
    expect(await answerTo(error)).toMatchObject({ status: 429, retryAfter: '2' });
  });

  test.each([
    ['of an unforeseen kind', new Error('the password is 1234')],
    ['of ours that is not the caller’s doing', new AppError('STATE_UNWRITABLE', 'disk full at /var')],
    ['that is no error', 'text'],
    ['of a framework that failed', Object.assign(new Error('secret'), { statusCode: 500 })],
  ])('%s is logged, and the caller learns nothing', async (_what, error) => {
    expect(await answerTo(error)).toEqual({
      status: 500,
      body: expect.objectContaining({ code: 500, name: 'Internal Server Error' }),
      retryAfter: undefined,
      logged: ['http.failed'],
    });
  });
});
