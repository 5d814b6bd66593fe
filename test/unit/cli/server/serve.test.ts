import { describe, expect, test } from '@jest/globals';
import type { RunningServer, ServeOptions } from '../../../../src/cli/server/serve.ts';
import { AppError } from '../../../../src/lib/errors.ts';
import { runCommander } from '../../../support/run-commander.ts';

const firstAdmin = { username: 'admin', password: 'p4ssw0rd' };
const url = 'https://commander.example:8443';
const fingerprint = 'ab'.repeat(32);

/** Runs `serve` with a server that starts at once and is interrupted at once. */
async function serve(flags: string[], { first = false } = {}) {
  const asked: ServeOptions[] = [];
  const events: string[] = [];
  const server: RunningServer = {
    url,
    fingerprint,
    ...(first ? { firstAdmin } : {}),
    close: () => Promise.resolve(void events.push('closed')),
  };
  const run = await runCommander(['serve', ...flags], '/home/grace', {
    ports: {
      serve: (options) => {
        asked.push(options);
        return Promise.resolve(server);
      },
      untilInterrupted: () => Promise.resolve(void events.push('interrupted')),
    },
  });
  return { run, asked, events };
}

describe('the server is started', () => {
  test('with defaults that suit a first try', async () => {
    const { asked } = await serve([]);
    expect(asked).toEqual([
      {
        dataDir: '/home/grace/.local/share/commander',
        host: '0.0.0.0',
        port: 8443,
        names: [],
        legacyCapy: false,
        behindProxy: [],
        logLevel: 'info',
      },
    ]);
  });

  test('as the flags say', async () => {
    const flags =
      '--data-dir /srv/c --host 127.0.0.1 --port 0 --name a --name b --public-url https://c --legacy-capy ' +
      '--behind-proxy 10.0.0.1 --behind-proxy 10.0.0.2 --log-level debug';
    const { asked } = await serve(flags.split(' '));
    expect(asked).toEqual([
      {
        dataDir: '/srv/c',
        host: '127.0.0.1',
        port: 0,
        names: ['a', 'b'],
        publicUrl: 'https://c',
        legacyCapy: true,
        behindProxy: ['10.0.0.1', '10.0.0.2'],
        logLevel: 'debug',
      },
    ]);
  });

  test.each([
    ['--port', '70000'],
    ['--port', 'https'],
    ['--log-level', 'loud'],
  ])('but not with %s %s', async (...flags) => {
    const { run, asked } = await serve(flags);
    expect([run.code, asked]).toEqual([2, []]);
  });
});

test('it runs until it is interrupted, and then closes', async () => {
  const { run, events } = await serve([]);
  expect([run.code, events]).toEqual([0, ['interrupted', 'closed']]);
});

describe('when it listens', () => {
  test('address and fingerprint are told on stdout, apart from the log', async () => {
    const { run } = await serve([]);
    expect(run).toEqual({
      code: 0,
      stdout: `Serving ${url}\nRoot certificate, SHA-256: ${fingerprint}\n`,
      stderr: 'Stopping\n',
    });
  });

  test('for the first time, the password and the next commands are told too', async () => {
    const { run } = await serve([], { first: true });
    expect(run.stdout).toContain('  username  admin\n  password  p4ssw0rd\n');
    expect(run.stdout).toContain(`  commander login --server ${url} --ca-fingerprint ${fingerprint}\n`);
    expect(run.stdout).toContain('  commander token create --install-hints\n');
  });

  test('--json gives all of it as one document', async () => {
    const { run } = await serve(['--json'], { first: true });
    expect(JSON.parse(run.stdout)).toEqual({ url, fingerprint, firstAdmin });
    expect(run.stderr).toBe('Stopping\n');
  });
});

test('a server that cannot start is one sentence and its exit code', async () => {
  const serveFails = () => Promise.reject(new AppError('PORT_IN_USE', 'Port 8443 is in use'));
  expect(await runCommander(['serve'], '/home/grace', { ports: { serve: serveFails } })).toEqual({
    code: 7,
    stdout: '',
    stderr: 'commander: Port 8443 is in use\n',
  });
});
