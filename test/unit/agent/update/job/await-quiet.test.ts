import { expect, test } from '@jest/globals';
import type { WhenBusy } from '../../../../../src/agent/update/job/updater-options.ts';
import { useCleanup } from '../../../../support/cleanup.ts';
import { UpdatingWorld } from '../../../../support/updating-world.ts';
import { waitFor } from '../../../../support/wait-for.ts';

const onEnd = useCleanup();

test.each<[WhenBusy, told: string, calls: string[]]>([
  ['wait', 'waiting until they have ended', ['make room']],
  ['postpone', 'trying again in as long', ['resume', 'make room']],
])(
  'busy for longer than the limit, an endpoint told to %s switches when its jobs have ended',
  async (whenBusy, told, calls) => {
    const world = new UpdatingWorld(onEnd);
    const busy = Promise.withResolvers<undefined>();
    world.drain = async () => await busy.promise;
    world.start('1.0.0', { whenBusy });
    await waitFor(() => world.calls.length > 1 && world.output().includes(told), { what: 'the limit' });
    expect(world.switchState.probation).toBeUndefined();
    busy.resolve(undefined);
    await waitFor(() => world.calls.includes('make room'), { what: 'the switch' });
    expect([...new Set(world.calls.slice(2))]).toEqual(calls);
  },
);

test('told to interrupt, it makes room at once', async () => {
  const world = new UpdatingWorld(onEnd);
  world.drain = async () => await new Promise(() => undefined);
  world.start('1.0.0', { whenBusy: 'interrupt' });
  await waitFor(() => world.calls.includes('make room at once'), { what: 'the switch' });
});
