import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import type { ErrorCode } from '../../../src/lib/errors.ts';
import type { LibraryEntry } from '../../../src/protocol/schemas/admin/library.ts';
import { expectRefusal } from '../../support/expect-refusal.ts';
import { COUNT_RUN, writeScript } from '../../support/job-scripts.ts';
import { useWorld } from '../../support/use-world.ts';
import { zipOf } from '../../support/zip.ts';

/** One clear sentence, a documented exit code or outcome, and nothing changed. */
const world = useWorld(async (it) => await it.addToLibrary(writeScript(it.dir, COUNT_RUN)));

async function libraryNames(): Promise<string[]> {
  const { library } = await world().ask<{ library: LibraryEntry[] }>('library', 'list');
  return library.map(({ filename }) => filename);
}

describe('the library refuses', () => {
  const CONTRADICTION = JSON.stringify({ executor: 'python', filename: 'a.sh' });

  test.each<[string, number, ErrorCode, string[], (dir: string) => Promise<string[]>]>([
    [
      'a file that is no archive',
      3,
      'ARCHIVE_CORRUPT',
      ['is not an archive'],
      () => saved('bad.zip', Buffer.from('hello')),
    ],
    [
      'an archive that was cut',
      3,
      'ARCHIVE_CORRUPT',
      ['cut.zip'],
      async () => await saved('cut.zip', (await zipOf({ 'a.sh': 'x'.repeat(9_000) })).subarray(0, 80)),
    ],
    ['a file that is not there', 3, 'ARCHIVE_CORRUPT', ['nowhere.sh'], () => Promise.resolve(['nowhere.sh'])],
    [
      'an entry that would leave its folder',
      3,
      'ARCHIVE_UNSAFE',
      ['would leave'],
      async () => await saved('slip.zip', withName(await zipOf({ 'xx/evil.sh': '' }), 'xx/', '../')),
    ],
    [
      'a manifest that is no JSON',
      3,
      'MANIFEST_INVALID',
      ['manifest.json'],
      async () => await saved('m.zip', await zipOf({ 'a.sh': '', 'manifest.json': '{' })),
    ],
    [
      'a manifest that contradicts the job',
      3,
      'MANIFEST_INVALID',
      ['python', 'bash'],
      async () => [
        ...(await saved('c.zip', await zipOf({ 'a.sh': '', 'manifest.json': CONTRADICTION }))),
        '--executor',
        'bash',
      ],
    ],
    [
      'a program that the archive does not hold',
      6,
      'PROGRAM_MISSING',
      ['"b.sh"'],
      async () => [...(await saved('p.zip', await zipOf({ 'a.sh': '' }))), '--filename', 'b.sh'],
    ],
    [
      'a path as name',
      3,
      'NAME_INVALID',
      ['"../a.sh"', 'without a folder'],
      async () => [...(await saved('n.zip', await zipOf({ 'a.sh': '' }))), '--filename', '../a.sh'],
    ],
    [
      'a name that is taken',
      7,
      'LIBRARY_ENTRY_EXISTS',
      [COUNT_RUN.filename],
      () => Promise.resolve([writeScript(world().dir, COUNT_RUN)]),
    ],
  ])('%s: exit %d', async (_case, exit, code, words, prepare) => {
    const before = await libraryNames();
    const args = await prepare(world().dir);
    await expectRefusal((...more) => world().commander('library', 'add', ...args, ...more), {
      exit,
      code,
      words,
    });
    expect(await libraryNames()).toEqual(before);
  });

  function saved(name: string, bytes: Buffer): Promise<string[]> {
    const path = join(world().dir, name);
    writeFileSync(path, bytes);
    return Promise.resolve([path]);
  }

  /** As no honest tool would write it. */
  function withName(zip: Buffer, from: string, to: string): Buffer {
    return Buffer.from(zip.toString('latin1').replaceAll(from, to), 'latin1');
  }
});

describe('assigning refuses', () => {
  test.each<[string, number, ErrorCode, string[], (agentID: string) => string[]]>([
    [
      'what the library does not hold',
      6,
      'LIBRARY_ENTRY_NOT_FOUND',
      ['none.sh'],
      (id) => ['none.sh', '--agent', id],
    ],
    ['a path', 6, 'LIBRARY_ENTRY_NOT_FOUND', ['../x.sh'], (id) => ['../x.sh', '--agent', id]],
    ['to nobody', 6, 'AGENT_NOT_FOUND', ['"nobody"'], () => [COUNT_RUN.filename, '--agent', 'nobody']],
  ])('%s: exit %d', async (name, exit, code, words, argsFor) => {
    const { agentID } = await world().enrollAgent(name);
    const args = argsFor(agentID);
    await expectRefusal((...more) => world().commander('jobs', 'assign', ...args, ...more), {
      exit,
      code,
      words,
    });
    expect(await world().jobs()).toEqual([]);
  });
});

describe('a job that cannot be run ends with an outcome that says why:', () => {
  test.each([
    ['an executor that this host does not allow', 'cobol', 'refused', 'cobol'],
    [
      'an interpreter that is not there',
      process.platform === 'win32' ? 'bash' : 'powershell',
      'start-failed',
      'install it',
    ],
  ])('%s', async (_case, executor, outcome, words) => {
    const agent = await world().enrollAgent(`runs-no-${executor}`);
    await agent.connect();
    const path = join(world().dir, `for-${executor}.txt`);
    writeFileSync(path, 'hello');
    await world().addToLibrary(path, '--executor', executor);
    const args = ['jobs', 'assign', `for-${executor}.txt`, '--agent', agent.agentID, '--wait'];
    const waited = await world().commander(...args);
    expect([waited.code, waited.stderr]).toEqual([9, expect.stringContaining(words)]);
    const [job] = await world().jobs();
    expect(job).toMatchObject({
      state: 'finished',
      outcome,
      reason: expect.stringContaining(words) as unknown,
    });
    expect(job).not.toHaveProperty('exitCode');
    expect(await agent.stop()).toMatchObject({ code: 0 });
  });
});
