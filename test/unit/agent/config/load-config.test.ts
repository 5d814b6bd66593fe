import { mkdirSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { loadConfig } from '../../../../src/agent/config/load-config.ts';
import type { AgentConfig } from '../../../../src/agent/config/schema.ts';
import type { SettingFlags } from '../../../../src/protocol/endpoint.ts';
import { useCleanup } from '../../../support/cleanup.ts';
import { makeTempDir } from '../../../support/temp-dir.ts';

const onEnd = useCleanup();

interface Given {
  flags?: SettingFlags;
  env?: Record<string, string>;
  /** Content of the configuration file in its usual place. */
  file?: string | object;
}

function load({ flags = {}, env = {}, file }: Given): AgentConfig {
  const dir = makeTempDir(onEnd);
  const configPath = join(dir, 'config.json');
  if (file !== undefined) writeFileSync(configPath, typeof file === 'string' ? file : JSON.stringify(file));
  const platform = { defaultStateDir: () => resolve('/state'), defaultConfigPath: () => configPath };
  return loadConfig({ flags, environment: env, platform });
}

describe('which source counts', () => {
  const file = { logLevel: 'error', jobs: { concurrency: 2 } };
  const env = { COMMANDER_AGENT_LOG_LEVEL: 'warn' };

  test.each<[string, Given, string]>([
    ['the default, when nobody says anything', {}, 'info'],
    ['the file before the default', { file }, 'error'],
    ['the environment before the file', { file, env }, 'warn'],
    ['a flag before all of them', { file, env, flags: { logLevel: 'debug' } }, 'debug'],
    ['not an empty variable', { file, env: { COMMANDER_AGENT_LOG_LEVEL: '' } }, 'error'],
  ])('%s', (_, given, logLevel) => {
    expect(load(given).logLevel).toBe(logLevel);
  });

  test('settings beside one that was given keep their values', () => {
    const { jobs } = load({ file, env: { COMMANDER_AGENT_JOBS_ARCHIVE_MAX_RATIO: '7' } });
    expect(jobs).toMatchObject({
      concurrency: 2,
      timeoutSeconds: 3600,
      archive: { maxRatio: 7, maxEntries: 10_000 },
    });
  });

  test('a file that is named by flag or environment is read instead of the usual one', () => {
    const other = join(makeTempDir(onEnd), 'other.json');
    writeFileSync(other, '{"logLevel":"debug"}');
    expect(load({ file, flags: { config: other } }).logLevel).toBe('debug');
    expect(load({ file, env: { COMMANDER_AGENT_CONFIG: other } }).logLevel).toBe('debug');
  });

  test('what enroll takes from the environment is no setting, and does not disturb', () => {
    expect(() =>
      load({ env: { COMMANDER_AGENT_TOKEN: 'x', COMMANDER_AGENT_REGISTRATION_KEY: 'y' } }),
    ).not.toThrow();
  });
});

test('a state folder may be given relative to where we are', () => {
  expect(load({ flags: { stateDir: 'here' } }).stateDir).toBe(resolve('here'));
});

test('a list comes from the environment with commas', () => {
  expect(load({ env: { COMMANDER_AGENT_JOBS_EXECUTORS: 'sh, python' } }).jobs.executors).toEqual([
    'sh',
    'python',
  ]);
});

describe('a setting that is wrong is named with its source and value', () => {
  test.each<[string, Given, string | RegExp]>([
    ['no JSON', { file: '{' }, /^Configuration file ".*config\.json" is not valid: it is not JSON$/],
    ['no object', { file: '[]' }, /config\.json" is not valid: it must hold one JSON object$/],
    [
      'an unknown key',
      { file: { jobz: 1 } },
      /config\.json" is not valid: "jobz" is not a setting of this agent$/,
    ],
    [
      'an unknown key in a group',
      { file: { jobs: { archive: { max: 1 } } } },
      /"jobs\.archive\.max" is not a setting of this agent$/,
    ],
    [
      'a wrong type',
      { file: { jobs: { concurrency: '4' } } },
      /"jobs\.concurrency" must be integer, not "4"$/,
    ],
    [
      'a number out of range',
      { file: { jobs: { concurrency: 0 } } },
      /"jobs\.concurrency" must be >= 1, not 0$/,
    ],
    [
      'a wrong choice',
      { file: { logLevel: 'loud' } },
      /"logLevel" must be one of "error", "warn", "info", "debug", not "loud"$/,
    ],
    [
      'an item of a list',
      { file: { jobs: { executors: ['sh', 7] } } },
      /"jobs\.executors\.1" must be string, not 7$/,
    ],
    [
      'a variable that is no number',
      { env: { COMMANDER_AGENT_LOG_MAX_FILES: 'many' } },
      'Environment variable "COMMANDER_AGENT_LOG_MAX_FILES" is not valid: "log.maxFiles" must be integer, not "many"',
    ],
    [
      'a variable that is no setting',
      { env: { COMMANDER_AGENT_JOBS_TIMEOUT: '1' } },
      'Environment variable "COMMANDER_AGENT_JOBS_TIMEOUT" is not valid: it is not a setting of this agent',
    ],
    [
      'a flag',
      { flags: { logLevel: 'loud' } },
      /^Option "--log-level" is not valid: "logLevel" must be one of .* not "loud"$/,
    ],
    [
      'a named file that is not there',
      { flags: { config: resolve('/none.json') } },
      /none\.json" is not valid: it cannot be read$/,
    ],
  ])('%s', (_, given, message) => {
    expect(() => load(given)).toThrow(
      expect.objectContaining({
        code: 'CONFIG_INVALID',
        message: typeof message === 'string' ? message : expect.stringMatching(message),
      }),
    );
  });
});

test('a usual file that is there but cannot be read is not passed over', () => {
  const configPath = join(makeTempDir(onEnd), 'config.json');
  mkdirSync(configPath);
  const platform = { defaultStateDir: () => '/s', defaultConfigPath: () => configPath };
  expect(() => loadConfig({ flags: {}, environment: {}, platform })).toThrow(
    expect.objectContaining({ code: 'CONFIG_INVALID' }),
  );
});
