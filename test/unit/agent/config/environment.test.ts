import { expect, test } from '@jest/globals';
import { defaultConfig } from '../../../../src/agent/config/defaults.ts';
import { settingsFromEnvironment } from '../../../../src/agent/config/environment.ts';
import { variableOf, walkSettings } from '../../../../src/agent/config/setting-paths.ts';

const defaults = defaultConfig({ defaultStateDir: () => '/x' });

test('every setting can be given by a variable, and no two by the same', () => {
  const all = [...walkSettings(defaults)];
  const environment = Object.fromEntries(all.map(([path, value]) => [variableOf(path), String(value)]));
  expect(Object.keys(environment)).toHaveLength(all.length);
  expect(settingsFromEnvironment(environment, defaults)).toEqual(defaults);
});

test('variables of others are none of our business', () => {
  expect(settingsFromEnvironment({ PATH: '/bin', COMMANDER_SERVER: 'x' }, defaults)).toEqual({});
});
