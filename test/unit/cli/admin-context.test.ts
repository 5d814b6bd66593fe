import { describe, expect, test } from '@jest/globals';
import { AdminContext, parseServerUrl } from '../../../src/cli/admin-context.ts';
import type { Environment } from '../../../src/cli/console.ts';
import { systemClock } from '../../../src/lib/clock.ts';
import { AdminServer } from '../../support/admin-server.ts';
import { useCleanup } from '../../support/cleanup.ts';
import { captureConsole } from '../../support/run-commander.ts';
import { makeTempDir } from '../../support/temp-dir.ts';

const onEnd = useCleanup();

async function start({ env = {}, notAfter }: { env?: Environment; notAfter?: Date } = {}) {
  const server = await AdminServer.start();
  onEnd(() => server.close());
  const configDir = makeTempDir(onEnd);
  await server.logIn(configDir, notAfter === undefined ? {} : { notAfter });
  const { console } = captureConsole({ env });
  return { server, context: new AdminContext({ console, configDir, clock: systemClock }) };
}

test('the client speaks to the server of the session, as its user', async () => {
  const { server, context } = await start();
  server.answer('GET /admin/agents', { json: { agents: [] } });
  await context.connect().agents();
  expect(server.seen).toMatchObject([{ user: 'admin' }]);
});

test('without a session there is no client', () => {
  const { console } = captureConsole();
  const context = new AdminContext({ console, configDir: makeTempDir(onEnd), clock: systemClock });
  expect(() => context.connect()).toThrow(
    expect.objectContaining({ code: 'NOT_LOGGED_IN', message: 'You are not logged in to a server' }),
  );
});

test('a session that is over says so, before anything is sent', async () => {
  const { server, context } = await start({ notAfter: new Date(Date.now() - 1000) });
  expect(() => context.connect()).toThrow(
    expect.objectContaining({
      code: 'NOT_LOGGED_IN',
      message: expect.stringMatching(/^The session of "admin" at https:\/\/127\.0\.0\.1:\d+ ended at 20/),
    }),
  );
  expect(server.seen).toEqual([]);
});

test('$COMMANDER_SERVER is another address of the same server', async () => {
  const { context } = await start({ env: { COMMANDER_SERVER: 'other.example:9443' } });
  expect(context.session().server).toBe('https://other.example:9443');
});

describe('an address of a server', () => {
  test.each([
    ['https://host:8443', 'https://host:8443'],
    ['https://host:8443/', 'https://host:8443'],
    ['host:8443', 'https://host:8443'],
    ['HOST', 'https://host'],
    ['[::1]:8443', 'https://[::1]:8443'],
  ])('%s is %s', (text, url) => {
    expect(parseServerUrl(text)).toBe(url);
  });

  test.each([
    'http://host:8443',
    'https://',
    '',
    'host:port',
    'https://host/path',
    'https://host?x=1',
    'https://u:p@host',
  ])('"%s" is none', (text) => {
    expect(() => parseServerUrl(text)).toThrow(
      expect.objectContaining({
        code: 'USAGE',
        message: `"${text}" is no server address; give it as https://HOST:PORT`,
      }),
    );
  });
});
