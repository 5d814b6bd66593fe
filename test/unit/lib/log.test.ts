import { expect, test } from '@jest/globals';
import { silentLogger } from '../../../src/lib/log.ts';

test('the silent log takes everything and its children are silent too', () => {
  const child = silentLogger.child({ module: 'x' });
  for (const level of ['error', 'warn', 'info', 'debug'] as const) {
    expect(() => child[level]('evt', 'Message', { field: 1 })).not.toThrow();
  }
});
