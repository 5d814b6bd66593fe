import { existsSync, readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { beforeAll, describe, expect, test } from '@jest/globals';
import type { ErrorCode } from '../../../src/lib/errors.ts';
import { useCleanup } from '../../support/cleanup.ts';
import { expectRefusal, lastLine } from '../../support/expect-refusal.ts';
import { PackedWorld } from '../../support/packed-world.ts';
import { useWorld } from '../../support/use-world.ts';
import { waitFor } from '../../support/wait-for.ts';

/** One clear sentence, a documented exit code, and nothing changed. */
const world = useWorld();
const onEnd = useCleanup();
let token: string;
beforeAll(async () => {
  token = await world().joinToken();
});

describe('enroll refuses', () => {
  const fingerprintOf = (): string => world().announcement.fingerprint;
  const byHand = (fingerprint: string, url = world().url): string[] => {
    return ['--server', url, '--registration-key', 'k', '--ca-fingerprint', fingerprint];
  };

  test.each<[string, number, ErrorCode, string[], () => string[]]>([
    [
      'a truncated token',
      3,
      'TOKEN_INVALID',
      ['cut short or mistyped', 'copy it again'],
      () => ['--token', token.slice(0, -5)],
    ],
    [
      'a mistyped token',
      3,
      'TOKEN_INVALID',
      ['cut short or mistyped'],
      () => ['--token', token.replace(/.(?=.{20}$)/, '_')],
    ],
    [
      'something else as token',
      3,
      'TOKEN_INVALID',
      ['does not start with "cmdr1."'],
      () => ['--token', 'hello'],
    ],
    [
      'a truncated fingerprint',
      3,
      'TOKEN_INVALID',
      ['64 hex digits are needed'],
      () => byHand(fingerprintOf().slice(2)),
    ],
    [
      'a wrong fingerprint',
      5,
      'FINGERPRINT_MISMATCH',
      ['00000000', 'check that this is your server'],
      () => byHand('0'.repeat(64)),
    ],
    [
      'a wrong registration key',
      5,
      'CREDENTIALS_REFUSED',
      ['registration key', 'commander token create'],
      () => byHand(fingerprintOf()),
    ],
    [
      'a server that is down',
      4,
      'SERVER_UNREACHABLE',
      ['https://127.0.0.1:1', 'ECONNREFUSED'],
      () => byHand(fingerprintOf(), 'https://127.0.0.1:1'),
    ],
    ['to trust nobody knows whom', 5, 'TRUST_MISSING', ['--ca-fingerprint'], () => byHand('').slice(0, 4)],
  ])('%s: exit %d', async (_case, exit, code, words, args) => {
    const agent = world().agent('refused');
    const before = await world().agents();
    await expectRefusal((...more) => agent.command('enroll', ...args(), ...more), { exit, code, words });
    expect([existsSync(agent.stateDir), await world().agents()]).toEqual([false, before]);
  });

  test('a second identity over the first', async () => {
    const agent = await world().enrollAgent('enrolled');
    const before = await agent.status();
    await expectRefusal((...more) => agent.command('enroll', '--token', token, ...more), {
      ...{ exit: 7, code: 'ALREADY_ENROLLED', words: ['--force'] },
    });
    expect(await agent.status()).toEqual(before);
  });
});

describe('a folder that cannot be used', () => {
  /** Even root cannot make a folder in a file. */
  const inAFile = (): string => {
    writeFileSync(join(world().dir, 'file'), '');
    return join(world().dir, 'file', 'folder');
  };

  test('as data folder of a server: exit 8', async () => {
    const args = ['serve', '--data-dir', inAFile(), '--host', '127.0.0.1', '--port', '0'];
    const expected = { exit: 8, code: 'STATE_UNWRITABLE', words: ['file'] } as const;
    await expectRefusal((...more) => world().commander(...args, ...more), expected);
  });

  test('as state folder at enrolment: exit 8, and the server has made no agent', async () => {
    const agent = world().agent(join('file', 'folder'));
    inAFile();
    const before = await world().agents();
    const outcome = await agent.command('enroll', '--token', token);
    expect([outcome.code, lastLine(outcome.stderr)]).toEqual([8, expect.stringContaining(agent.stateDir)]);
    expect(await world().agents()).toEqual(before);
  });

  test('as state folder of an agent that has not enrolled: exit 8, and it says how to', async () => {
    const agent = world().agent('nobody');
    const outcome = await agent.command('run');
    expect([outcome.code, outcome.stderr]).toEqual([8, expect.stringContaining('commander-agent enroll')]);
    expect(existsSync(agent.stateDir)).toBe(false);
  });

  test('because its state is readable only by a newer version: exit 8', async () => {
    const agent = await world().enrollAgent('too-new');
    await agent.connect();
    await agent.stop();
    const statePath = join(agent.stateDir, 'state.db');
    makeTooNew(statePath);
    const before = readFileSync(statePath);
    await expectRefusal((...more) => agent.command('run', ...more), {
      ...{ exit: 8, code: 'STATE_TOO_NEW', words: ['newer version', statePath] },
    });
    expect(readFileSync(statePath).equals(before)).toBe(true);
  });

  test('but not because its journal is damaged: that is set aside, and the identity is kept', async () => {
    const agent = await world().enrollAgent('damaged');
    const damage = 'no database\n'.repeat(1_000);
    writeFileSync(join(agent.stateDir, 'state.db'), damage);
    agent.start();
    const contents = (): string[] => {
      const names = readdirSync(agent.stateDir).filter((name) => name.startsWith('state.db'));
      return names.map((name) => readFileSync(join(agent.stateDir, name), 'utf8'));
    };
    await waitFor(() => contents().length > 1 && contents().includes(damage), { what: 'the one set aside' });
    await waitFor(async () => (await agent.status()).state === 'connected', { what: 'the check-in' });
    expect(await agent.status()).toMatchObject({ agentID: agent.agentID });
  });

  test('because the data folder is readable only by a newer server: exit 8', async () => {
    const other = new PackedWorld(onEnd);
    await other.startServer();
    await other.stopServer();
    const databasePath = join(other.dataDir, 'server.db');
    makeTooNew(databasePath);
    const before = readFileSync(databasePath);
    const args = ['serve', '--data-dir', other.dataDir, '--host', '127.0.0.1', '--port', '0'];
    await expectRefusal((...more) => other.commander(...args, ...more), {
      ...{ exit: 8, code: 'STATE_TOO_NEW', words: ['newer version', databasePath] },
    });
    expect(readFileSync(databasePath).equals(before)).toBe(true);
  });

  function makeTooNew(path: string): void {
    const db = new DatabaseSync(path);
    db.exec(
      'INSERT INTO schema_migrations (version, breaking) VALUES (999, 1); PRAGMA wal_checkpoint(TRUNCATE)',
    );
    db.close();
  }
});

describe('a port that is taken', () => {
  test('ends the server with exit 7, before it has made anything', async () => {
    const taken = createServer();
    await new Promise<void>((resolve) => taken.listen(0, '127.0.0.1', resolve));
    onEnd(() => taken.close());
    const { port } = taken.address() as { port: number };
    const dataDir = join(world().dir, 'data-of-nobody');
    const args = ['serve', '--data-dir', dataDir, '--host', '127.0.0.1', '--port', String(port)];
    await expectRefusal((...more) => world().commander(...args, ...more), {
      ...{ exit: 7, code: 'PORT_IN_USE', words: [`Port ${port}`, 'choose another port'] },
    });
    expect(existsSync(dataDir) ? readdirSync(dataDir) : []).toEqual([]);
  });
});
