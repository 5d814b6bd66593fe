import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { beforeEach, describe, expect, test } from '@jest/globals';
import { ArchiveFiles, type Upload } from '../../../../src/server/library/archive-files.ts';
import { Library } from '../../../../src/server/library/library.ts';
import type { ServerStore } from '../../../../src/store/server/open-server-store.ts';
import { useCleanup } from '../../../support/cleanup.ts';
import { NOON, jobRecord, openTestStore } from '../../../support/server-records.ts';
import { SettableClock } from '../../../support/settable-clock.ts';
import { makeTempDir } from '../../../support/temp-dir.ts';
import { zipOf, type ZipContent } from '../../../support/zip.ts';

const JOB = { executor: 'sh', filename: 'run.sh', description: 'Runs', os: 'linux' };

describe('Library', () => {
  const onEnd = useCleanup();
  let clock: SettableClock;
  let dir: string;
  let files: ArchiveFiles;
  let store: ServerStore;
  let library: Library;
  let changed: string[];

  beforeEach(() => {
    clock = new SettableClock(NOON);
    dir = join(makeTempDir(onEnd), 'library');
    files = new ArchiveFiles(dir);
    store = openTestStore(onEnd);
    changed = [];
    library = new Library({
      store: store.library,
      jobs: store.jobs,
      files,
      assignments: store.assignments,
      entryChanged: (filename) => {
        changed.push(filename);
        return Promise.resolve();
      },
      clock,
    });
  });

  const archives = (): string[] => readdirSync(dir).sort();

  async function upload(content: ZipContent = { 'run.sh': 'true' }): Promise<Upload> {
    return await files.receive(Readable.from([await zipOf(content)]), 1024 ** 2);
  }

  async function assign(sha256: string): Promise<void> {
    const job = jobRecord();
    await store.jobs.add({ ...job, assignment: { ...job.assignment, archive: { sha256, size: 1 } } });
  }

  test('holds an entry with its archive, its owner and its time', async () => {
    const archive = await upload();
    await library.add(JOB, archive, 'root');
    expect(await library.list()).toEqual([
      {
        ...JOB,
        jobID: expect.any(String),
        user: 'root',
        createdAt: NOON,
        sha256: archive.sha256,
        size: archive.size,
      },
    ]);
    expect(archives()).toEqual([archive.sha256]);
  });

  test.each([
    ['the job’s own', { ...JOB, timeoutSeconds: 5 }, {}, 5],
    ['the manifest’s when the job has none', JOB, { timeoutSeconds: 7 }, 7],
  ])('takes the timeout that is %s', async (_whose, job, manifest, timeoutSeconds) => {
    const archive = await upload({ 'run.sh': '', 'manifest.json': JSON.stringify(manifest) });
    await library.add(job, archive, 'root');
    expect(await library.list()).toMatchObject([{ timeoutSeconds }]);
  });

  test('has each name once, also when two come at the same moment', async () => {
    const outcomes = await Promise.allSettled([
      library.add(JOB, await upload({ 'run.sh': '1' }), 'root'),
      library.add(JOB, await upload({ 'run.sh': '2' }), 'root'),
    ]);
    expect(outcomes.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected']);
    expect(outcomes.find(({ status }) => status === 'rejected')).toMatchObject({
      reason: { code: 'LIBRARY_ENTRY_EXISTS', message: 'file name already exists in the library' },
    });
  });

  test('keeps nothing of an archive that will not do', async () => {
    await expect(library.add(JOB, await upload({ 'other.sh': '' }), 'root')).rejects.toMatchObject({
      code: 'PROGRAM_MISSING',
    });
    expect(await library.list()).toEqual([]);
  });

  test('changes a description, and the time with it', async () => {
    await library.add(JOB, await upload(), 'root');
    clock.advance(5000);
    await library.change('run.sh', { description: 'Runs better', user: 'other' });
    expect(await library.list()).toMatchObject([
      { description: 'Runs better', createdAt: NOON + 5000, user: 'root' },
    ]);
  });

  test('changes an archive, and its owner with it; the old archive goes', async () => {
    await library.add(JOB, await upload({ 'run.sh': 'old' }), 'root');
    const archive = await upload({ 'run.sh': 'new' });
    await library.change('run.sh', { upload: archive, user: 'other' });
    expect(await library.list()).toMatchObject([{ sha256: archive.sha256, user: 'other', createdAt: NOON }]);
    expect(archives()).toEqual([archive.sha256]);
  });

  test('refuses to change to an archive that will not do', async () => {
    const good = await upload();
    await library.add(JOB, good, 'root');
    const bad = await upload({ 'other.sh': '' });
    await expect(library.change('run.sh', { upload: bad, user: 'root' })).rejects.toMatchObject({
      code: 'PROGRAM_MISSING',
    });
    expect(await library.list()).toMatchObject([{ sha256: good.sha256 }]);
  });

  test.each([
    ['change', 'there is no job library yet'],
    ['remove', 'there are no jobs in the library yet'],
  ] as const)('says the original’s words when there is nothing to %s', async (verb, whenEmpty) => {
    const act = async (): Promise<void> =>
      verb === 'change'
        ? await library.change('x.sh', { description: '', user: 'root' })
        : await library.remove('x.sh');
    await expect(act()).rejects.toMatchObject({ code: 'LIBRARY_ENTRY_NOT_FOUND', message: whenEmpty });
    await library.add(JOB, await upload(), 'root');
    await expect(act()).rejects.toMatchObject({ message: 'no existing job with that file name' });
  });

  test('refuses a change of nothing', async () => {
    await library.add(JOB, await upload(), 'root');
    await expect(library.change('run.sh', { user: 'root' })).rejects.toMatchObject({
      message: 'niether a new file nor a new description was provided',
    });
  });

  test('keeps the archive of a removed entry until the job that needs it has ended', async () => {
    const archive = await upload();
    await library.add(JOB, archive, 'root');
    await assign(archive.sha256);
    await library.remove('run.sh');
    expect(archives()).toEqual([archive.sha256]);

    await store.jobs.finish('job-1', { outcome: 'succeeded', reported: {} }, NOON);
    await library.jobFinished(archive.sha256);
    expect(archives()).toEqual([]);
  });

  test('keeps an archive that came back to the library while only a job needed it', async () => {
    const archive = await upload();
    await library.add(JOB, archive, 'root');
    await assign(archive.sha256);
    await library.remove('run.sh');
    await library.add(JOB, await upload(), 'root');
    await store.jobs.finish('job-1', { outcome: 'succeeded', reported: {} }, NOON);
    await library.jobFinished(archive.sha256);
    await library.sweep();
    expect(archives()).toEqual([archive.sha256]);
  });

  test('sweeps away what a crash left of uploads', async () => {
    await upload();
    await library.sweep({ includeAside: true });
    expect(archives()).toEqual([]);
  });

  describe('with tasks and services', () => {
    const task = { kind: 'task', name: 'run', schedule: { everySeconds: 60 } } as const;
    const manifest = { kind: 'task', schedule: { everySeconds: 60 }, executor: 'sh' };
    const archiveOf = async (rules: object): Promise<Upload> =>
      await upload({ 'run.sh': '', 'manifest.json': JSON.stringify(rules) });

    test('takes what the manifest makes of the archive', async () => {
      await library.add(JOB, await archiveOf(manifest), 'root');
      expect(await library.list()).toMatchObject([{ unit: task }]);
    });

    test('takes what the upload says, rather than the manifest', async () => {
      const unit = { ...task, name: 'other', schedule: { everySeconds: 5 } };
      await library.add({ ...JOB, unit }, await archiveOf(manifest), 'root');
      expect(await library.list()).toMatchObject([{ unit }]);
    });

    test('refuses a task that is another kind by its manifest, now and when the archive changes', async () => {
      const service = await archiveOf({ kind: 'service' });
      const contradiction = {
        code: 'MANIFEST_INVALID',
        message: expect.stringContaining('manifest.json says kind "service", but the job says "task"'),
      };
      await expect(library.add({ ...JOB, unit: task }, service, 'root')).rejects.toMatchObject(contradiction);
      await library.add({ ...JOB, unit: task }, await upload(), 'root');
      const change = library.change('run.sh', { upload: await archiveOf({ kind: 'service' }), user: 'root' });
      await expect(change).rejects.toMatchObject(contradiction);
    });

    test('refuses what no endpoint could keep, and keeps what it has', async () => {
      const past = { ...task, schedule: { at: '2020-01-01T00:00:00Z' } };
      const refusal = { code: 'SCHEDULE_INVALID' };
      await expect(library.add({ ...JOB, unit: past }, await upload(), 'root')).rejects.toMatchObject(
        refusal,
      );
      await library.add({ ...JOB, unit: task }, await upload(), 'root');
      await expect(library.change('run.sh', { unit: past, user: 'root' })).rejects.toMatchObject(refusal);
      expect(await library.list()).toMatchObject([{ unit: task }]);
      expect(changed).toEqual([]);
    });

    test('refuses a cycle among the services that it has', async () => {
      const service = (name: string, dependsOn: string[]) => ({ kind: 'service', name, dependsOn }) as const;
      await library.add({ ...JOB, unit: service('a', ['b']) }, await upload(), 'root');
      const other = { ...JOB, filename: 'b.sh', unit: service('b', ['a']) };
      await expect(library.add(other, await upload({ 'b.sh': '' }), 'root')).rejects.toMatchObject({
        code: 'SERVICE_INVALID',
      });
    });

    test('changes the rules, and tells of it', async () => {
      await library.add({ ...JOB, unit: task }, await upload(), 'root');
      const unit = { ...task, schedule: { everySeconds: 5 } };
      await library.change('run.sh', { unit, user: 'root' });
      expect(await library.list()).toMatchObject([{ unit }]);
      expect(changed).toEqual(['run.sh']);
    });

    test('makes no task of a job', async () => {
      await library.add(JOB, await upload(), 'root');
      await expect(library.change('run.sh', { unit: task, user: 'root' })).rejects.toMatchObject({
        code: 'MESSAGE_INVALID',
        message: '"run.sh" is a job, and no change makes it a task; add it under another name',
      });
    });
  });

  describe('with an entry that is assigned', () => {
    beforeEach(async () => {
      await library.add(JOB, await upload(), 'root');
      for (const name of ['a', 'b', 'c', 'd']) {
        await store.groups.add({ name });
        await store.assignments.add({ filename: 'run.sh', group: name, assignedAt: NOON, assignedBy: 'ada' });
      }
    });

    test('says to whom when it is to be removed, and keeps it', async () => {
      await expect(library.remove('run.sh')).rejects.toMatchObject({
        code: 'SERVER_REFUSED',
        message: '"run.sh" is assigned to group "a", group "b", group "c" and 1 others; unassign it first',
      });
      expect(await library.list()).toHaveLength(1);
    });

    test('tells of another archive, not of another description', async () => {
      await library.change('run.sh', { description: 'other', user: 'root' });
      expect(changed).toEqual([]);
      await library.change('run.sh', { upload: await upload({ 'run.sh': 'false' }), user: 'root' });
      expect(changed).toEqual(['run.sh']);
    });
  });
});
