import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { X509Certificate } from 'node:crypto';
import { expectAnswer } from '../../support/expect-answer.ts';
import { CapyAuthority } from '../../support/original-commander/capy-authority.ts';
import { OriginalClient, type Call } from '../../support/original-client.ts';
import { FAR_ENDS, type FarEnd } from '../../support/original-far-ends.ts';

const GENERIC_400 = { code: 400, name: 'Bad Request' };

/** What CAPy and nginx answer: COMMANDER.md, parts 1 and 2. */
describe.each(FAR_ENDS)('to a client of the original, %s', (_, start) => {
  let farEnd: FarEnd;
  beforeAll(async () => {
    farEnd = await start();
  });
  afterAll(() => farEnd.close());

  describe('answers CAPy calls:', () => {
    test('the root, to everybody', async () => {
      expect(await farEnd.capy.call('GET', '/ca/root-trust')).toMatchObject({
        status: 200,
        json: { root: farEnd.addresses.rootPem },
      });
    });

    test('the same pair for the same host, whatever is asked for', async () => {
      const ask = async (json: object): Promise<Record<string, string>> =>
        (await farEnd.capy.call('GET', '/ca/host-certificate', { json })).json as Record<string, string>;
      const first = await ask({ hostname: 'same.example', DNS: ['same.example'] });
      expect(Object.keys(first).sort()).toEqual(['cert', 'key', 'root']);
      expect(first['key']).toMatch(/^-----BEGIN PRIVATE KEY-----\n[^]*\n$/);
      expect(await ask({ hostname: 'same.example', maxDays: 1 })).toEqual(first);
      const certificate = new X509Certificate(first['cert'] ?? '');
      expect(certificate.subject.split('\n')).toContain('CN=same.example');
      expect(certificate.verify(new X509Certificate(farEnd.addresses.rootPem).publicKey)).toBe(true);
    });

    test.each<[string, Call, unknown]>([
      ['no host name', { json: {} }, { error: 'hostname not found in the request' }],
      [
        'a bad host name',
        { json: { hostname: 'a_b' } },
        { error: 'hostname in the request was not standard FQDN format' },
      ],
      [
        'a number',
        { json: { hostname: 7 } },
        { error: 'hostname in the request was not standard FQDN format' },
      ],
      [
        'a long label',
        { json: { hostname: 'a'.repeat(64) } },
        { error: 'hostname in the request was not standard FQDN format' },
      ],
      ['a list', { json: [] }, { error: 'please ensure Content-Type is application/json' }],
      ['null', { json: null }, { error: 'please ensure Content-Type is application/json' }],
    ])('400 for %s', async (_case, call, body) => {
      await expectAnswer(farEnd.capy.call('GET', '/ca/host-certificate', call), 400, body);
    });

    test.each<[string, Call]>([
      ['no body', {}],
      ['no JSON', { body: '{', headers: { 'Content-Type': 'application/json' } }],
      ['no type', { body: '{"hostname":"a.example"}' }],
    ])('400 for %s, in whatever words', async (_case, call) => {
      expect(await farEnd.capy.call('GET', '/ca/host-certificate', call)).toMatchObject({ status: 400 });
    });

    test('405 for POST', async () => {
      expect(await farEnd.capy.call('POST', '/ca/host-certificate', { json: {} })).toMatchObject({
        status: 405,
      });
    });
  });

  describe('stands behind nginx:', () => {
    test.each(['/agent/register', '/agent/execute', '/agent/history', '/agent/checkin'])(
      '403 in HTML for %s without a client certificate',
      async (path) => {
        const answer = await farEnd.admin.call('POST', path, { json: {} });
        expect([answer.status, answer.json]).toEqual([403, undefined]);
        expect(answer.headers['content-type']).toMatch(/^text\/html/);
      },
    );

    test('400 in HTML for a certificate of somebody else, on every path', async () => {
      const stranger = await CapyAuthority.create();
      const { url, rootPem: ca } = farEnd.addresses;
      const intruder = new OriginalClient({ url, ca, ...(await stranger.issue('endpoint.example')) });
      for (const path of ['/agent/register', '/admin/login']) {
        const answer = await intruder.call('POST', path, { json: {} });
        expect([answer.status, answer.headers['connection']]).toEqual([400, 'close']);
        expect(answer.bytes.toString()).toContain('The SSL certificate error');
      }
      await expect(intruder.checkin('{}')).rejects.toThrow('400');
    });

    test.each(['HEAD', 'OPTIONS', 'TRACE'])('405 for %s', async (method) => {
      expect(await farEnd.admin.call(method, '/admin/authenticate', { token: farEnd.token })).toMatchObject({
        status: 405,
      });
    });

    test('400-generic for a check-in that is no upgrade', async () => {
      await expectAnswer(
        farEnd.endpoint.call('GET', '/agent/checkin'),
        400,
        expect.objectContaining(GENERIC_400),
      );
    });
  });
});
