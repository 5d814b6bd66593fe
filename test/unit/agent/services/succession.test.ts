import { expect, test } from '@jest/globals';
import { runsAlike, Succession, type Wanted } from '../../../../src/agent/services/succession.ts';
import { AppError } from '../../../../src/lib/errors.ts';
import type { ServiceSpec } from '../../../../src/protocol/schemas/desired.ts';
import type { ServiceRecord } from '../../../../src/store/agent/service-store.ts';
import { useCleanup } from '../../../support/cleanup.ts';
import { sampleService } from '../../../support/sample-service.ts';
import { makeServiceWorld, type ServiceWorld } from '../../../support/service-world.ts';
import { waitFor } from '../../../support/wait-for.ts';

const onEnd = useCleanup();

interface Way extends ServiceWorld {
  readonly succession: Succession;
  /** Goes on with it until there is a successor, or nothing is under way any more. */
  readonly approach: (wanted: Wanted) => Promise<ServiceSpec | undefined>;
}

function makeWay(known: Partial<ServiceRecord> = {}): Way {
  const world = makeServiceWorld(onEnd, known);
  const silent = (): undefined => undefined;
  const succession = new Succession({ ...world.deps, ...world, onChange: silent, onNews: silent });
  onEnd(async () => await succession.drop());
  const approach = async (wanted: Wanted): Promise<ServiceSpec | undefined> => {
    let next: ServiceSpec | undefined;
    const step = async (): Promise<boolean> => {
      next = await succession.approach(wanted, new AbortController().signal);
      return next !== undefined || !succession.isUnderWay;
    };
    await waitFor(step, { what: 'the way to end' });
    return next;
  };
  return { ...world, succession, approach };
}

test('what is wanted takes over when it is ready, and is only being prepared until then', async () => {
  const { deps, record, succession, approach } = makeWay();
  const spec = await deps.archives.spec('web', 'true');
  expect(await succession.approach({ spec }, new AbortController().signal)).toBeUndefined();
  expect([record.now.state, succession.isUnderWay]).toEqual(['preparing', true]);
  expect(await approach({ spec })).toEqual(spec);
});

test('what is kept already has nobody to follow it, and what was rejected is forgotten', async () => {
  const spec = sampleService();
  const { record, approach } = makeWay({ spec, rejected: { spec: sampleService(), problem: 'bad' } });
  expect(await approach({ spec })).toBeUndefined();
  expect(record.now.rejected).toBeUndefined();
});

test('what cannot be prepared is rejected once, and what is kept stays', async () => {
  const { deps, record, approach } = makeWay({ spec: sampleService(), state: 'running' });
  const spec = await deps.archives.spec('web', 'true', { filename: 'none.cjs' });
  expect(await approach({ spec })).toBeUndefined();
  expect(record.now).toMatchObject({ state: 'running', spec: sampleService(), rejected: { spec } });
  deps.archives.failures.push(new AppError('INTERNAL', 'It was asked for again'));
  expect(await approach({ spec })).toBeUndefined();
  expect(deps.archives.failures).toHaveLength(1);
});

test('where nothing is kept, what cannot be prepared is broken', async () => {
  const { deps, record, approach } = makeWay();
  await approach({ spec: await deps.archives.spec('web', 'true', { filename: 'none.cjs' }) });
  expect(record.now).toMatchObject({ state: 'broken', problem: expect.stringMatching(/none.cjs/) });
});

test('what does not fit among the others is not even prepared', async () => {
  const { deps, record, approach } = makeWay();
  const spec = await deps.archives.spec('web', 'true');
  expect(await approach({ spec, problem: 'It depends on itself' })).toBeUndefined();
  expect(record.now).toMatchObject({ state: 'broken', problem: 'It depends on itself' });
});

test('what is wanted instead meanwhile is what takes over', async () => {
  const { deps, succession, approach } = makeWay();
  const [one, two] = [await deps.archives.spec('web', '1'), await deps.archives.spec('web', '2')];
  await succession.approach({ spec: one }, new AbortController().signal);
  expect(await approach({ spec: two })).toEqual(two);
});

test('what only changes around the program needs no preparation', async () => {
  const spec = sampleService();
  const { deps, succession } = makeWay({ spec, state: 'running' });
  deps.archives.failures.push(new AppError('INTERNAL', 'It was asked for'));
  const next = { ...spec, restart: 'never' } as const;
  expect(await succession.approach({ spec: next }, new AbortController().signal)).toEqual(next);
  expect(deps.archives.failures).toHaveLength(1);
});

test.each<[Partial<ServiceSpec>, boolean]>([
  [{ argv: [] }, true],
  [{ dependsOn: ['db'], probe: { kind: 'tcp', port: 1 }, log: { maxBytes: 4096, files: 1 } }, true],
  [{ argv: ['x'] }, false],
  [{ executor: 'sh' }, false],
  [{ filename: 'other.sh' }, false],
  [{ archive: { sha256: 'd'.repeat(64), size: 100 } }, false],
])('with %j the same program may go on: %j', (change, alike) => {
  expect(runsAlike(sampleService(), sampleService(change))).toBe(alike);
});
