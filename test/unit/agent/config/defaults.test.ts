import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { checkSettings } from '../../../../src/agent/config/check-settings.ts';
import { defaultConfig } from '../../../../src/agent/config/defaults.ts';
import { nameOfSetting, variableOf, walkSettings } from '../../../../src/agent/config/setting-paths.ts';

test('the defaults pass their own check, and the state folder is where the platform keeps such things', () => {
  const defaults = defaultConfig({ defaultStateDir: () => '/var/lib/x' });
  expect(checkSettings(defaults, 'The defaults')).toMatchObject({ stateDir: '/var/lib/x' });
});

test('only the executors that the agent was made for are allowed, unless somebody says more', () => {
  const { jobs } = defaultConfig({ defaultStateDir: () => '/x' });
  expect(jobs.executors).toEqual(['binary', 'bash', 'sh', 'python', 'powershell', 'cmd']);
});

test('docs/configuration.md lists every setting with its variable and its default', () => {
  const page = readFileSync(join(process.cwd(), 'docs', 'configuration.md'), 'utf8');
  const rows = [...page.matchAll(/^\| ([a-zA-Z.]+) \| (COMMANDER_\w+) \| (.+?) \|/gm)];
  const documented = rows.map(([, name, variable, value]) => [name, variable, value]);
  const defaults = defaultConfig({ defaultStateDir: () => 'by platform' });
  expect(documented).toEqual(
    [...walkSettings(defaults)].map(([path, value]) => [
      nameOfSetting(path),
      variableOf(path),
      value === 'by platform' ? value : `\`${JSON.stringify(value)}\``,
    ]),
  );
});
