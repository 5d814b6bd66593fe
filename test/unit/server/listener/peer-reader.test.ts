import { describe, expect, test } from '@jest/globals';
import { CLIENT_CERTIFICATE_HEADER, listAddresses } from '../../../../src/server/listener/peer-reader.ts';
import { useCleanup } from '../../../support/cleanup.ts';
import { OwnListener } from '../../../support/own-listener.ts';
import { TestAuthority } from '../../../support/test-authority.ts';

const onEnd = useCleanup();
const HEADER = CLIENT_CERTIFICATE_HEADER;

test('a request has the name that its certificate has', async () => {
  const server = await OwnListener.open(onEnd);
  const { text } = await server.ask({ path: '/agent/who', ...(await server.agent('a-7')) });
  expect(JSON.parse(text)).toMatchObject({ kind: 'agent', subject: 'a-7' });
});

test('where we end TLS ourselves a certificate in a header is nothing', async () => {
  const server = await OwnListener.open(onEnd);
  const { cert } = await server.agent();
  const { status } = await server.ask({
    path: '/agent/who',
    headers: { [HEADER]: encodeURIComponent(cert) },
  });
  expect(status).toBe(403);
});

describe('behind a proxy', () => {
  const behindProxy = { trustedAddresses: ['192.0.2.0/24', '127.0.0.1'] };

  test('the certificate is the one in its header', async () => {
    const server = await OwnListener.open(onEnd, { behindProxy });
    const headers = { [HEADER]: encodeURIComponent((await server.agent('a-7')).cert) };
    const { status, text } = await server.ask({ path: '/agent/who', headers });
    expect([status, JSON.parse(text)]).toMatchObject([200, { kind: 'agent', subject: 'a-7' }]);
  });

  test.each([
    ['no header', {}],
    ['an empty header', { [HEADER]: '' }],
  ])('%s is no certificate', async (_what, headers) => {
    const server = await OwnListener.open(onEnd, { behindProxy });
    expect((await server.ask({ path: '/agent/who', headers })).status).toBe(403);
  });

  test('a certificate of another authority is refused, whatever the proxy thinks of it', async () => {
    const server = await OwnListener.open(onEnd, { behindProxy });
    const { cert } = await (await TestAuthority.create('Commander CA')).issue('x');
    const { status, headers } = await server.ask({ headers: { [HEADER]: encodeURIComponent(cert) } });
    expect([status, headers['commander-certificate']]).toEqual([400, 'untrusted']);
  });

  test.each(['garbage', '%', '-----BEGIN%20CERTIFICATE-----'])(
    'the header %j is a certificate of nobody',
    async (value) => {
      const server = await OwnListener.open(onEnd, { behindProxy });
      expect((await server.ask({ headers: { [HEADER]: value } })).status).toBe(400);
    },
  );

  test('a header from anybody but the proxy is nothing', async () => {
    const server = await OwnListener.open(onEnd, { behindProxy: { trustedAddresses: ['192.0.2.1'] } });
    const headers = { [HEADER]: encodeURIComponent((await server.agent()).cert) };
    expect((await server.ask({ path: '/agent/who', headers })).status).toBe(403);
  });

  test.each([
    ['the proxy', '127.0.0.1', '203.0.113.9'],
    ['anybody else', '192.0.2.1', '127.0.0.1'],
  ])('what %s says of a client’s address', async (_who, trusted, expected) => {
    const server = await OwnListener.open(onEnd, { behindProxy: { trustedAddresses: [trusted] } });
    const { text } = await server.ask({ path: '/address', headers: { 'x-forwarded-for': '203.0.113.9' } });
    expect(text).toBe(expected);
  });
});

test.each(['proxy.example', '10.0.0.0/99', '', '300.1.1.1', '::1/x'])(
  '%j is not the address of a proxy',
  (text) => {
    expect(() => listAddresses([text])).toThrow(
      expect.objectContaining({
        code: 'CONFIG_INVALID',
        message: expect.stringContaining(`"${text}"`) as unknown,
      }),
    );
  },
);

test.each([
  ['10.0.0.0/8', '10.1.2.3', true],
  ['10.0.0.0/8', '11.1.2.3', false],
  ['127.0.0.1', '::ffff:127.0.0.1', true],
  ['fd00::/8', 'fd12::1', true],
])('%s holds %s: %j', (text, address, expected) => {
  expect(listAddresses([text]).check(address, address.includes(':') ? 'ipv6' : 'ipv4')).toBe(expected);
});
