import { readFileSync } from 'node:fs';
import { expect, test } from '@jest/globals';
import { defaultConfig } from '../../src/agent/config/defaults.ts';
import { variableOf, walkSettings } from '../../src/agent/config/setting-paths.ts';

const PAGE = readFileSync('docs/configuration.md', 'utf8');
const STATE_DIR = 'per OS and user';

test('docs/configuration.md has every setting of the agent with its default', () => {
  const settings = [...walkSettings(defaultConfig({ defaultStateDir: () => STATE_DIR }))];
  const wanted = settings.map(([path, value]) => [path.join('.'), shown(value)]);

  const rows = [...PAGE.matchAll(/^\| `([\w.]+)` *\| (.+?) *\| /gm)].map(([, key, value]) => [key, value]);
  expect(rows).toEqual(wanted);
});

test('its example of an environment variable is right', () => {
  expect(PAGE).toContain(`\`${variableOf(['jobs', 'stopGraceSeconds'])}\``);
});

function shown(value: unknown): string {
  return value === STATE_DIR ? STATE_DIR : `\`${JSON.stringify(value)}\``;
}
