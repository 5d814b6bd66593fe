import { existsSync } from 'node:fs';
import { isDeepStrictEqual } from 'node:util';
import { expect, test } from '@jest/globals';
import { newRecord } from '../../../../src/agent/services/kept-record.ts';
import { ServiceKeeper, type KeeperOptions } from '../../../../src/agent/services/service-keeper.ts';
import { AppError } from '../../../../src/lib/errors.ts';
import type { Probe, ServiceSpec, UnitState } from '../../../../src/protocol/schemas/desired.ts';
import type { ServiceRecord } from '../../../../src/store/agent/service-store.ts';
import { useCleanup } from '../../../support/cleanup.ts';
import { describeOnPosix } from '../../../support/on-posix.ts';
import { makeServiceWorld, type ServiceWorld } from '../../../support/service-world.ts';
import { waitFor } from '../../../support/wait-for.ts';

const onEnd = useCleanup();
const STAYS = 'setInterval(() => {}, 1000)';

interface Kept extends ServiceWorld {
  readonly keeper: ServiceKeeper;
  /** From then on it is kept. */
  readonly want: (script: string, more?: Partial<ServiceSpec>) => Promise<ServiceSpec>;
  readonly is: (state: string, also?: (unit: UnitState) => boolean) => Promise<UnitState>;
  readonly isGone: () => boolean;
}

function keep(more: Partial<KeeperOptions> = {}): Kept {
  const world = makeServiceWorld(onEnd);
  const keeper = new ServiceKeeper(newRecord('web', 0), {
    ...world.deps,
    peers: { isHealthy: () => true, isLeanedOn: () => false },
    onChange: () => undefined,
    ...more,
  });
  let isGone = false;
  let over: Promise<void> | undefined;
  const want: Kept['want'] = async (script, fields) => {
    const spec = await world.deps.archives.spec('web', script, fields);
    keeper.want({ spec });
    over ??= keeper.keep(new AbortController().signal).then(() => void (isGone = true));
    return spec;
  };
  onEnd(async () => {
    keeper.want(undefined);
    await over;
  });
  const is: Kept['is'] = async (state, also = () => true) => {
    const found = (): UnitState | undefined => {
      const unit = keeper.state();
      return unit?.state === state && also(unit) ? unit : undefined;
    };
    return await waitFor(found, { what: `it to be ${state}` }).catch((cause: unknown) => {
      throw new Error(`It is ${JSON.stringify(keeper.state())}`, { cause });
    });
  };
  return { ...world, keeper, want, is, isGone: () => isGone };
}

describeOnPosix('whoever keeps a service', () => {
  test('starts what is wanted, and takes all of it away when nothing is', async () => {
    const { deps, folder, keeper, want, is, isGone } = keep();
    await want(STAYS);
    await is('running');
    expect([keeper.isHealthy, existsSync(folder.dir)]).toEqual([true, true]);
    keeper.want(undefined);
    await waitFor(isGone, { what: 'the service to go' });
    expect([existsSync(folder.dir), deps.store.load()]).toEqual([false, []]);
  });

  test('waits until those are healthy that it depends on', async () => {
    let isHealthy = false;
    const { keeper, want, is } = keep({ peers: { isHealthy: () => isHealthy, isLeanedOn: () => false } });
    await want(STAYS, { dependsOn: ['db'] });
    expect((await is('waiting')).problem).toBe('Waits for "db"');
    isHealthy = true;
    keeper.wake();
    await is('running');
  });

  test('does not stop it before those that lean on it', async () => {
    let isLeanedOn = true;
    const { keeper, want, is, isGone } = keep({
      peers: { isHealthy: () => true, isLeanedOn: () => isLeanedOn },
    });
    await want(STAYS);
    await is('running');
    keeper.want(undefined);
    keeper.wake();
    await is('running');
    isLeanedOn = false;
    keeper.wake();
    await waitFor(isGone, { what: 'the service to go' });
  });

  test('says what it leans on while it goes, and only then', async () => {
    const { keeper, want, is } = keep();
    await want(STAYS, { dependsOn: ['db'], stopGraceSeconds: 0 });
    await is('running');
    expect(keeper.leansOn('db')).toBe(false);
    keeper.want(undefined);
    expect([keeper.leansOn('db'), keeper.leansOn('cache')]).toEqual([true, false]);
  });

  test('goes on after a failure of its own, when the disk was full say', async () => {
    const { deps, want, is } = keep();
    deps.store.failure = new Error('the disk is full');
    await want(STAYS);
    await is('running');
  });

  test.each<[string, Partial<ServiceSpec>]>([
    ['another probe', { probe: { kind: 'process', startupSeconds: 1 } }],
    ['another restart policy', { restart: 'never' }],
    ['another budget', { restartBudget: { limit: 1, windowSeconds: 9 } }],
    ['another grace', { stopGraceSeconds: 0 }],
    ['other dependencies', { dependsOn: ['db'] }],
    ['another log', { log: { maxBytes: 8192, files: 1 } }],
  ])('lets the program go on for %s', async (_, change) => {
    const { deps, keeper, want, is } = keep();
    const spec = await want(STAYS);
    const { pid } = await is('running', (unit) => unit.pid !== undefined);
    keeper.want({ spec: { ...spec, ...change } });
    const kept = (): ServiceRecord | undefined => deps.store.load()[0];
    await waitFor(() => isDeepStrictEqual(kept()?.good, { ...spec, ...change }), { what: 'the new spec' });
    expect(await is('running')).toMatchObject({ pid, restarts: 0 });
  });

  test('starts another program for other arguments', async () => {
    const { keeper, want, is } = keep();
    const spec = await want(STAYS);
    const { pid } = await is('running', (unit) => unit.pid !== undefined);
    keeper.want({ spec: { ...spec, argv: ['x'] } });
    await is('running', (unit) => unit.pid !== undefined && unit.pid !== pid);
  });

  test('goes back to the old probe when the new one is never answered well', async () => {
    const { keeper, want, is } = keep();
    const spec = await want(STAYS, { stopGraceSeconds: 0 });
    await is('running');
    const probe: Probe = { kind: 'command', command: ['false'], failureThreshold: 1, startupSeconds: 0 };
    keeper.want({ spec: { ...spec, probe } });
    await is('running', ({ problem }) => problem?.startsWith('Went back to the last good version') === true);
  });

  test('starts a parked service anew when somebody asks for it, or wants anything else', async () => {
    const { deps, keeper, want, is } = keep();
    const spec = await want('process.exit(1)', { restartBudget: { limit: 1, windowSeconds: 60 } });
    await is('parked', ({ restarts }) => restarts === 1);
    keeper.restart();
    await is('parked', ({ restarts }) => restarts === 2);
    keeper.want({ spec: { ...spec, restartBudget: { limit: 2, windowSeconds: 60 } } });
    await is('parked', ({ restarts }) => restarts === 4);
    expect(deps.store.load()[0]?.restartTimes).toHaveLength(2);
  });

  test('tries again, when asked for it, what could not be prepared', async () => {
    const { deps, keeper, want, is } = keep();
    deps.archives.failures.push(new AppError('ARCHIVE_MISMATCH', 'It was damaged'));
    await want(STAYS);
    await is('broken');
    keeper.restart();
    await is('running');
  });
});
