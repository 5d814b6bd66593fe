import { beforeEach, describe, expect, test } from '@jest/globals';
import { DesiredContents } from '../../../../src/server/desired/desired-contents.ts';
import { libraryRecord } from '../../../support/server-records.ts';

describe('DesiredContents', () => {
  let assigned: Record<string, string[]>;
  let size: number;
  let reads: string[];
  let contents: DesiredContents;

  beforeEach(() => {
    assigned = { a: ['x.sh'], b: ['x.sh'], c: ['x.sh', 'y.sh'] };
    size = 1;
    reads = [];
    contents = new DesiredContents({
      assignments: { filenamesFor: ({ agentID = '' }) => Promise.resolve(assigned[agentID] ?? []) },
      library: {
        get: (filename) => {
          reads.push(filename);
          if (filename === 'gone.sh') return Promise.resolve(undefined);
          if (filename === 'bad.sh') return Promise.reject(new Error('disk'));
          const unit = { kind: 'service', name: filename } as const;
          return Promise.resolve(libraryRecord({ filename, size, unit }));
        },
      },
    });
  });

  const contentFor = async (agentID: string, version?: string) =>
    await contents.contentFor({ agentID, group: 'web' }, version);

  test('makes one for all agents that are to keep the same', async () => {
    const [a, b] = await Promise.all([contentFor('a'), contentFor('b')]);
    expect(b).toBe(a);
    expect(reads).toEqual(['x.sh']);
    expect((await contentFor('c')).digest).not.toBe(a.digest);
    expect((await contentFor('a', '1.0.0')).digest).not.toBe(a.digest);
  });

  test('follows the assignments at once, and the library when it is told', async () => {
    const before = await contentFor('a');
    assigned['a'] = [];
    expect((await contentFor('a')).isEmpty).toBe(true);
    assigned['a'] = ['x.sh'];
    size = 2;
    expect(await contentFor('a')).toBe(before);
    contents.forget();
    expect((await contentFor('a')).digest).not.toBe(before.digest);
  });

  test('leaves out what has just gone from the library', async () => {
    assigned['a'] = ['gone.sh'];
    expect((await contentFor('a')).isEmpty).toBe(true);
  });

  test('tries again after a failure', async () => {
    assigned['a'] = ['bad.sh'];
    await expect(contentFor('a')).rejects.toThrow('disk');
    await expect(contentFor('a')).rejects.toThrow('disk');
    expect(reads).toEqual(['bad.sh', 'bad.sh']);
  });

  test('keeps no more than a thousand, the newest ones', async () => {
    const first = await contentFor('a');
    for (let patch = 0; patch < 999; patch += 1) await contentFor('a', `1.0.${patch}`);
    expect(await contentFor('a')).toBe(first);
    await contentFor('a', '2.0.0');
    expect(await contentFor('a')).not.toBe(first);
  });
});
