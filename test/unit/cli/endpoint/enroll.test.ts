import { describe, expect, test } from '@jest/globals';
import { AppError, type ErrorCode } from '../../../../src/lib/errors.ts';
import { exitCodeOf } from '../../../../src/lib/exit-codes.ts';
import type { EnrollOrder, EnrollSummary, SettingFlags } from '../../../../src/protocol/endpoint.ts';
import { runCommanderAgent } from '../../../support/run-commander-agent.ts';

const summary: EnrollSummary = {
  agentID: 'agent-1',
  server: 'https://x:1',
  fingerprint: 'ab'.repeat(32),
  certificateExpiresAt: '2027-02-21T07:00:00.000Z',
  warnings: [],
};

/** What the agent is asked to do when this is typed. */
async function orderOf(
  argv: string[],
  env: Record<string, string> = {},
): Promise<[SettingFlags, EnrollOrder] | undefined> {
  let asked: [SettingFlags, EnrollOrder] | undefined;
  const enroll = (settings: SettingFlags, order: EnrollOrder): Promise<EnrollSummary> => {
    asked = [settings, order];
    return Promise.resolve(summary);
  };
  await runCommanderAgent(['enroll', ...argv], { enroll }, { env });
  return asked;
}

describe('what is typed is what is asked for', () => {
  const env = { COMMANDER_AGENT_TOKEN: 'env-token', COMMANDER_AGENT_REGISTRATION_KEY: 'env-key' };

  test.each<[string, string[], Record<string, string>, EnrollOrder]>([
    ['a token', ['--token', 't'], {}, { token: 't' }],
    ['a token from the environment', [], env, { token: 'env-token' }],
    ['a typed token before one from the environment', ['--token', 't'], env, { token: 't' }],
    [
      'a server, to which a token from the environment does not belong',
      ['--server', 's'],
      env,
      { server: 's', registrationKey: 'env-key' },
    ],
    [
      'a typed key before one from the environment',
      ['--server', 's', '--registration-key', 'k'],
      env,
      { server: 's', registrationKey: 'k' },
    ],
    ['nothing', [], {}, {}],
    [
      'everything else',
      ['--server', 's', '--ca-fingerprint', 'f', '--trust-on-first-use', '--capy', 'c', '--force'],
      {},
      { server: 's', caFingerprint: 'f', trustOnFirstUse: true, capy: 'c', force: true },
    ],
  ])('%s', async (_, argv, environment, order) => {
    expect(await orderOf(argv, environment)).toEqual([{}, order]);
  });

  test('settings go beside it', async () => {
    const argv = ['--token', 't', '--state-dir', 'd', '--config', 'c', '--log-level', 'debug'];
    expect(await orderOf(argv)).toEqual([{ stateDir: 'd', config: 'c', logLevel: 'debug' }, { token: 't' }]);
  });
});

test('the identity is the result, what to do next is said beside it', async () => {
  const run = await runCommanderAgent(['enroll', '--token', 't'], { enroll: () => Promise.resolve(summary) });
  expect(run).toMatchObject({ code: 0, stderr: 'Enrolled. Start the agent with: commander-agent run\n' });
  expect(run.stdout).toMatch(/^agent {13}agent-1\nserver {12}https:\/\/x:1\nroot certificate {2}abab/);
});

test('warnings are seen, also beside JSON', async () => {
  const enroll = (): Promise<EnrollSummary> => Promise.resolve({ ...summary, warnings: ['Take care'] });
  const text = await runCommanderAgent(['enroll'], { enroll });
  const json = await runCommanderAgent(['enroll', '--json'], { enroll });
  expect(text.stderr).toMatch(/^Warning: Take care\n/);
  expect(json.stderr).toBe('Warning: Take care\n');
  expect(JSON.parse(json.stdout)).toEqual({ ...summary, warnings: ['Take care'] });
});

test('a failure is one sentence and its exit code, without the token', async () => {
  const enroll = (): Promise<never> =>
    Promise.reject(new AppError('TRUST_MISSING', 'Nothing says whom to trust'));
  expect(await runCommanderAgent(['enroll'], { enroll })).toMatchObject({
    code: 5,
    stdout: '',
    stderr: 'commander-agent: Nothing says whom to trust\n',
  });
});

describe('with --if-needed', () => {
  const IF_NEEDED = ['enroll', '--if-needed'];
  const refusing = (code: ErrorCode) => (): Promise<never> => Promise.reject(new AppError(code, 'No'));

  test('an endpoint without an identity gets one', async () => {
    expect(await orderOf(['--if-needed', '--token', 't'])).toEqual([{}, { token: 't' }]);
    const run = await runCommanderAgent(IF_NEEDED, { enroll: () => Promise.resolve(summary) });
    expect(run).toMatchObject({ code: 0, stderr: expect.stringMatching(/^Enrolled\. Start/) });
  });

  test.each<ErrorCode>(['ALREADY_ENROLLED', 'AGENT_ALREADY_RUNNING'])('%s is as good', async (code) => {
    const enroll = refusing(code);
    const text = await runCommanderAgent(IF_NEEDED, { enroll });
    expect(text).toEqual({ code: 0, stdout: '', stderr: 'Enrolled already; nothing was changed.\n' });
    const json = await runCommanderAgent([...IF_NEEDED, '--json'], { enroll });
    expect([json.code, JSON.parse(json.stdout), json.stderr]).toEqual([0, { changed: false }, '']);
    expect((await runCommanderAgent(['enroll'], { enroll })).code).not.toBe(0);
  });

  test('any other failure is one', async () => {
    const run = await runCommanderAgent(IF_NEEDED, { enroll: refusing('SERVER_UNREACHABLE') });
    expect(run).toMatchObject({ code: exitCodeOf(new AppError('SERVER_UNREACHABLE', 'No')), stdout: '' });
  });

  test('nothing can be asked to be replaced', async () => {
    expect(await orderOf(['--if-needed', '--force'])).toBeUndefined();
    expect(await runCommanderAgent([...IF_NEEDED, '--force'], {})).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('"--if-needed" cannot be used with option "--force"'),
    });
  });
});
