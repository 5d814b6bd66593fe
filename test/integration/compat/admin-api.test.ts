import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { expectAnswer } from '../../support/expect-answer.ts';
import type { Call, OriginalAnswer } from '../../support/original-client.ts';
import { FAR_ENDS, type FarEnd } from '../../support/original-far-ends.ts';
import { readWire } from '../../support/wire-fixture.ts';
import { zipOf } from '../../support/zip.ts';

const GENERIC_400 = { code: 400, name: 'Bad Request' };

/** What an admin of the original calls: COMMANDER.md, part 3. */
describe.each(FAR_ENDS)('to a client of the original, %s', (_, start) => {
  let farEnd: FarEnd;
  beforeAll(async () => {
    farEnd = await start();
  });
  afterAll(() => farEnd.close());

  describe('answers an admin', () => {
    test.each<[string, number, unknown, Call]>([
      ['an unknown name', 401, 'username not found', { json: { username: 'nobody', password: 'x' } }],
      ['a wrong password', 401, 'password does not match', { json: { username: 'admin', password: 'x' } }],
      [
        'nothing at all',
        400,
        "request is missing the following parameters: data=['username', 'password']",
        { json: {} },
      ],
      ['no JSON', 400, expect.objectContaining(GENERIC_400), { body: 'hello' }],
    ])('who logs in with %s: %d', async (_case, status, body, call) => {
      await expectAnswer(farEnd.admin.call('POST', '/admin/login', call), status, body);
    });

    test('with a token for 15 minutes, of the claims that the original makes', () => {
      const claims = JSON.parse(
        Buffer.from(farEnd.token.split('.')[1] ?? '', 'base64url').toString(),
      ) as Record<string, number>;
      expect(claims).toMatchObject({
        sub: farEnd.addresses.account.username,
        type: 'access',
        fresh: expect.any(Boolean),
      });
      expect(Number(claims['exp']) - Number(claims['iat'])).toBe(15 * 60);
      expect(Object.keys(claims).sort()).toEqual(['exp', 'fresh', 'iat', 'jti', 'nbf', 'sub', 'type']);
    });

    test.each<[string, number, unknown, Call]>([
      ['no token', 401, { msg: 'Missing Authorization Header' }, {}],
      ['no JWT as token', 422, { msg: expect.any(String) }, { token: 'nonsense' }],
      ['a forged token', 422, { msg: expect.any(String) }, { token: 'eyJhbGciOiJIUzI1NiJ9.e30.AAAA' }],
    ])('who shows %s: %d', async (_case, status, body, call) => {
      await expectAnswer(farEnd.admin.call('GET', '/admin/authenticate', call), status, body);
      await expectAnswer(farEnd.admin.call('GET', '/admin/library', call), status, body);
    });

    test('who shows a good token', async () => {
      const answer = farEnd.admin.call('GET', '/admin/authenticate', { token: farEnd.token });
      await expectAnswer(answer, 200, { success: 'authentication token is valid' });
    });

    test('who changes a password', async () => {
      const { username, password } = farEnd.addresses.account;
      const change = (from: string, to: string): Promise<OriginalAnswer> =>
        farEnd.admin.call('PATCH', '/admin/login', { json: { username, password: from, newPassword: to } });
      await expectAnswer(change('wrong', 'whatever it is'), 401, 'password does not match');
      await expectAnswer(change(password, 'a better one'), 200, { success: expect.any(String) });
      await expect(farEnd.admin.login(username, password)).rejects.toThrow('401');
      await expectAnswer(change('a better one', password), 200, { success: expect.any(String) });
    });

    test('who asks for the registration key again and again, and who makes a new one', async () => {
      const first = await farEnd.registrationKey();
      expect([first, await farEnd.registrationKey()]).toEqual([
        expect.stringMatching(/^[0-9a-f-]{36}$/),
        first,
      ]);
      const { json, status } = await farEnd.admin.call('PUT', '/admin/registration-key', {
        token: farEnd.token,
      });
      expect([status, json]).toEqual([200, { registrationKey: await farEnd.registrationKey() }]);
      const withOldKey = { registrationKey: first, hostname: 'a', os: 'Linux' };
      const refused = farEnd.endpoint.call('POST', '/agent/register', { json: withOldKey });
      await expectAnswer(refused, 401, 'invalild registration key');
    });
  });

  describe('keeps a library', () => {
    test('that is empty at first: 204, and nothing can be assigned', async () => {
      expect(await farEnd.admin.call('GET', '/admin/library', { token: farEnd.token })).toMatchObject({
        status: 204,
      });
      const json = { agentID: 'x', filename: 'a.sh', argv: [] };
      await expectAnswer(
        farEnd.admin.call('POST', '/admin/jobs', { token: farEnd.token, json }),
        400,
        'there are no jobs in the library yet',
      );
    });

    test.each<[string, number, unknown, (form: FormData) => void]>([
      [
        'without a file',
        400,
        "request is missing the following parameters: data=['file']",
        (form) => form.append('job', readWire('admin/library-upload-job.json')),
      ],
      [
        'without fields',
        400,
        "the job in the request is missing the following fields: ['executor', 'filename', 'description', 'os']",
        (form) => {
          form.append('job', '{}');
          form.append('file', new Blob(['x']), 'a.sh');
        },
      ],
      [
        'with the job as a file',
        400,
        expect.objectContaining(GENERIC_400),
        (form) => {
          form.append('job', new Blob([readWire('admin/library-upload-job.json')]), 'job.json');
          form.append('file', new Blob(['x']), 'hello.sh');
        },
      ],
    ])('and refuses an upload %s', async (_case, status, body, fill) => {
      const form = new FormData();
      fill(form);
      await expectAnswer(
        farEnd.admin.call('POST', '/admin/library', { token: farEnd.token, form }),
        status,
        body,
      );
    });

    test('and takes an upload once under one name', async () => {
      const entry = { executor: 'bash', filename: 'twice.sh', description: 'says hello', os: 'Linux' };
      const archive = await zipOf({ 'twice.sh': 'echo hello' });
      await expectAnswer(farEnd.admin.upload(farEnd.token, entry, archive), 200, {
        success: 'successfully added new executable to the commander library',
      });
      await expectAnswer(
        farEnd.admin.upload(farEnd.token, entry, archive),
        400,
        'file name already exists in the library',
      );
    });

    test('and lists it as JSON in a string, changed as it was, and without what was deleted', async () => {
      await farEnd.upload('listed.sh');
      const form = new FormData();
      form.append('filename', 'listed.sh');
      form.append('description', 'new words');
      expect(await farEnd.admin.call('PATCH', '/admin/library', { token: farEnd.token, form })).toMatchObject(
        { status: 200 },
      );
      expect(await listed('listed.sh')).toMatchObject({
        jobID: expect.any(String),
        executor: 'bash',
        filename: 'listed.sh',
        description: 'new words',
        os: 'Linux',
        user: farEnd.addresses.account.username,
        timeCreated: expect.stringMatching(/^\d+(\.\d+)?Z$/),
      });
      const gone = await farEnd.admin.call('DELETE', '/admin/library', {
        token: farEnd.token,
        json: { filename: 'listed.sh' },
      });
      expect([gone.status, await listed('listed.sh')]).toEqual([200, undefined]);
    });

    async function listed(filename: string): Promise<unknown> {
      const { json } = await farEnd.admin.call('GET', '/admin/library', { token: farEnd.token });
      const document = JSON.parse((json as { library: string }).library) as { jobs: { filename: string }[] };
      return document.jobs.find((job) => job.filename === filename);
    }
  });

  describe('refuses to assign', () => {
    test.each([
      ['what is not in the library', 'none.sh', 'the library contains no executable with the given filename'],
      ['to nobody', 'assignable.sh', 'no hosts found matching the agentID in the request'],
    ])('%s', async (_case, filename, error) => {
      if (filename === 'assignable.sh') await farEnd.upload(filename);
      const json = { agentID: '00000000-0000-4000-8000-000000000000', filename, argv: [] };
      await expectAnswer(farEnd.admin.call('POST', '/admin/jobs', { token: farEnd.token, json }), 400, error);
    });
  });
});
