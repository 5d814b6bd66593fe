import { expect, test } from '@jest/globals';
import { Preparation } from '../../../../src/agent/services/preparation.ts';
import { AppError } from '../../../../src/lib/errors.ts';
import type { ServiceSpec } from '../../../../src/protocol/schemas/desired.ts';
import { useCleanup } from '../../../support/cleanup.ts';
import { makeServiceWorld, type ServiceWorld } from '../../../support/service-world.ts';

const onEnd = useCleanup();
const UNREACHABLE = new AppError('SERVER_UNREACHABLE', 'Nobody answers', { retryable: true });

interface Prepared {
  readonly preparation: Preparation;
  readonly stop: AbortController;
  /** Its problem each time that it had something to tell. */
  readonly told: (string | undefined)[];
}

async function prepare({ deps, folder }: ServiceWorld, more: Partial<ServiceSpec> = {}): Promise<Prepared> {
  const spec = await deps.archives.spec('web', 'true', more);
  const stop = new AbortController();
  const told: (string | undefined)[] = [];
  const onChange = (): unknown => told.push(preparation.problem);
  const preparation = new Preparation(spec, { ...deps, folder, onChange, signal: stop.signal });
  onEnd(async () => await preparation.cancel());
  return { preparation, stop, told };
}

test('what can be started is ready', async () => {
  const { preparation, told } = await prepare(makeServiceWorld(onEnd));
  await preparation.over;
  expect([preparation.outcome, told]).toEqual(['ready', [undefined]]);
});

test('what may go better is tried again, and says what is wrong meanwhile', async () => {
  const world = makeServiceWorld(onEnd);
  world.deps.archives.failures.push(UNREACHABLE, UNREACHABLE);
  const { preparation, told } = await prepare(world);
  await preparation.over;
  expect([preparation.outcome, told]).toEqual(['ready', ['Nobody answers', 'Nobody answers', undefined]]);
});

test('what cannot go better is impossible', async () => {
  const { preparation } = await prepare(makeServiceWorld(onEnd), { filename: 'none.cjs' });
  await preparation.over;
  expect(preparation.outcome).toBe('impossible');
  expect(preparation.problem).toMatch(/does not hold "none.cjs"/);
});

test.each(['cancel', 'stop'])(
  'one that is ended by %s comes to nothing, and tells nothing more',
  async (how) => {
    const world = makeServiceWorld(onEnd);
    const { deps } = world;
    world.deps.archives.failures.push(...Array.from({ length: 100 }, () => UNREACHABLE));
    const slow = { ...world, deps: { ...deps, timing: { ...deps.timing, backoffBaseMs: 60_000 } } };
    const { preparation, stop, told } = await prepare(slow);
    if (how === 'cancel') await preparation.cancel();
    else stop.abort(new Error('the agent ends'));
    await preparation.over;
    const toldUntilThen = [...told];
    expect([preparation.outcome, told]).toEqual([undefined, toldUntilThen]);
  },
);
