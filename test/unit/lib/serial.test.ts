import { describe, expect, test } from '@jest/globals';
import { Serial } from '../../../src/lib/serial.ts';

describe('Serial', () => {
  test('starts a task when the one before has ended, in the order they came', async () => {
    const serial = new Serial();
    const first = Promise.withResolvers<undefined>();
    const said: string[] = [];
    const done = [
      serial.run(async () => {
        said.push('first begins');
        await first.promise;
        said.push('first ends');
      }),
      serial.run(async () => {
        await Promise.resolve();
        said.push('second');
      }),
    ];
    await Promise.resolve();
    first.resolve(undefined);
    await Promise.all(done);
    expect(said).toEqual(['first begins', 'first ends', 'second']);
  });

  test('gives each caller its own result or failure, and goes on after one', async () => {
    const serial = new Serial();
    const results = await Promise.allSettled([
      serial.run(() => Promise.reject(new Error('broken'))),
      serial.run(() => Promise.resolve(2)),
    ]);
    expect(results).toEqual([
      { status: 'rejected', reason: new Error('broken') },
      { status: 'fulfilled', value: 2 },
    ]);
  });
});
