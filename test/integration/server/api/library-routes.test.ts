import { createHash } from 'node:crypto';
import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import type { OriginalAnswer } from '../../../support/original-client.ts';
import { useTestServer } from '../../../support/test-server.ts';
import { zipOf } from '../../../support/zip.ts';

const server = useTestServer();

const ENTRY = { executor: 'sh', description: 'Runs', os: 'linux' };
const ADDED = { success: 'successfully added new executable to the commander library' };

const answerOf = ({ status, json }: OriginalAnswer): unknown => [status, json];

function archives(): string[] {
  const dir = join(server().dataDir, 'library');
  return existsSync(dir) ? readdirSync(dir) : [];
}

interface Entry {
  filename: string;
  [field: string]: unknown;
}

async function library(): Promise<Entry[]> {
  const { json } = await server().client.call('GET', '/admin/library', { token: await server().token() });
  return json === undefined
    ? []
    : (JSON.parse((json as { library: string }).library) as { jobs: Entry[] }).jobs;
}

type FormParts = Record<string, string | Blob>;

async function send(method: string, parts: FormParts): Promise<OriginalAnswer> {
  const form = new FormData();
  for (const [name, value] of Object.entries(parts)) {
    if (typeof value === 'string') form.append(name, value);
    else form.append(name, value, 'ignored');
  }
  return await server().client.call(method, '/admin/library', { token: await server().token(), form });
}

async function remove(json: unknown): Promise<OriginalAnswer> {
  return await server().client.call('DELETE', '/admin/library', { token: await server().token(), json });
}

const blobOf = (content: Buffer): Blob => new Blob([new Uint8Array(content)]);
const scriptZip = async (filename: string, text = 'true'): Promise<Blob> =>
  blobOf(await zipOf({ [filename]: text }));

describe('an empty library', () => {
  test('is answered with 204 and nothing, and with the original’s words where something is wanted of it', async () => {
    const token = await server().token();
    const listed = await server().client.call('GET', '/admin/library', { token });
    expect([listed.status, listed.bytes.length]).toEqual([204, 0]);
    expect(answerOf(await remove({ filename: 'x.sh' }))).toEqual([
      400,
      { error: 'there are no jobs in the library yet', code: 'LIBRARY_ENTRY_NOT_FOUND' },
    ]);
    expect(answerOf(await send('PATCH', { filename: 'x.sh', description: '' }))).toEqual([
      400,
      { error: 'there is no job library yet', code: 'LIBRARY_ENTRY_NOT_FOUND' },
    ]);
    const json = { agentID: 'a', filename: 'x.sh', argv: [] };
    const assigned = await server().client.call('POST', '/admin/jobs', { token, json });
    expect(answerOf(assigned)).toEqual([
      400,
      { error: 'there are no jobs in the library yet', code: 'LIBRARY_ENTRY_NOT_FOUND' },
    ]);
  });
});

describe('adding to the library', () => {
  test('stores the archive under its hash and lists the entry in the original’s shape', async () => {
    const archive = await zipOf({ 'add.sh': 'true' });
    const job = JSON.stringify({ ...ENTRY, filename: 'add.sh' });
    expect(answerOf(await send('POST', { job, file: blobOf(archive) }))).toEqual([200, ADDED]);
    const sha256 = createHash('sha256').update(archive).digest('hex');
    expect((await library()).find(({ filename }) => filename === 'add.sh')).toEqual({
      ...ENTRY,
      jobID: expect.any(String),
      filename: 'add.sh',
      user: 'admin',
      timeCreated: expect.stringMatching(/^\d{10}\.\d{3}Z$/),
      argv: [],
      sha256,
      size: archive.length,
    });
    expect(archives()).toContain(sha256);
  });

  test('takes the parts in either order, and fields of a job that it does not know', async () => {
    const job = JSON.stringify({ ...ENTRY, filename: 'order.sh', user: 'x', stdout: 'y' });
    const parts = { file: await scriptZip('order.sh'), job };
    expect(answerOf(await send('POST', parts))).toEqual([200, ADDED]);
  });

  const withoutFilename = JSON.stringify({ executor: 'sh', os: 'linux' });
  test.each<[string, () => Promise<FormParts>, unknown]>([
    [
      'neither part',
      async () => await Promise.resolve({ other: '' }),
      { error: "request is missing the following parameters: data=['job', 'file']" },
    ],
    [
      'no file',
      async () => await Promise.resolve({ job: JSON.stringify({ ...ENTRY, filename: 'a.sh' }) }),
      { error: "request is missing the following parameters: data=['file']" },
    ],
    [
      'a file that is a plain field',
      async () =>
        await Promise.resolve({ job: JSON.stringify({ ...ENTRY, filename: 'a.sh' }), file: 'true' }),
      { error: 'file not uploaded with request' },
    ],
    [
      'fields of the job missing',
      async () => ({ job: withoutFilename, file: await scriptZip('a.sh') }),
      { error: "the job in the request is missing the following fields: ['filename', 'description']" },
    ],
    [
      'a job that came as a file',
      async () => ({ job: blobOf(Buffer.from('{}')), file: await scriptZip('a.sh') }),
      expect.objectContaining({ name: 'Bad Request' }),
    ],
    [
      'a job that is no JSON',
      async () => ({ job: '{', file: await scriptZip('a.sh') }),
      expect.objectContaining({ name: 'Bad Request' }),
    ],
    [
      'an executor that is no text',
      async () => ({
        job: JSON.stringify({ ...ENTRY, filename: 'a.sh', executor: 1 }),
        file: await scriptZip('a.sh'),
      }),
      expect.objectContaining({ code: 'MESSAGE_INVALID' }),
    ],
    [
      'what is no archive',
      async () =>
        await Promise.resolve({
          job: JSON.stringify({ ...ENTRY, filename: 'a.sh' }),
          file: blobOf(Buffer.from('#!/bin/sh')),
        }),
      expect.objectContaining({ code: 'ARCHIVE_CORRUPT' }),
    ],
    [
      'an archive without the file to run',
      async () => ({ job: JSON.stringify({ ...ENTRY, filename: 'a.sh' }), file: await scriptZip('b.sh') }),
      expect.objectContaining({ code: 'PROGRAM_MISSING' }),
    ],
    [
      'a timeout of zero',
      async () => ({
        job: JSON.stringify({ ...ENTRY, filename: 'a.sh', timeoutSeconds: 0 }),
        file: await scriptZip('a.sh'),
      }),
      expect.objectContaining({ code: 'MESSAGE_INVALID' }),
    ],
  ])('is refused with %s, and leaves nothing', async (_what, makeParts, body) => {
    const before = archives();
    expect(answerOf(await send('POST', await makeParts()))).toEqual([400, body]);
    expect(archives()).toEqual(before);
  });

  test.each(['../trav.sh', '/etc/passwd', 'a/b.sh', 'a\\b.sh', 'C:x.sh', '..', '', 'a\u0000b'])(
    'is refused with the path %j for a name',
    async (filename) => {
      const before = archives();
      const job = JSON.stringify({ ...ENTRY, filename });
      expect(answerOf(await send('POST', { job, file: await scriptZip('a.sh') }))).toEqual([
        400,
        {
          error: `${JSON.stringify(filename)} is not a plain file name; give the name alone, without a folder`,
          code: 'NAME_INVALID',
        },
      ]);
      expect(archives()).toEqual(before);
    },
  );

  test('is refused for a name that is there already', async () => {
    await server().addToLibrary('twice.sh');
    const job = JSON.stringify({ ...ENTRY, filename: 'twice.sh' });
    expect(answerOf(await send('POST', { job, file: await scriptZip('twice.sh', 'other') }))).toEqual([
      400,
      { error: 'file name already exists in the library', code: 'LIBRARY_ENTRY_EXISTS' },
    ]);
  });

  test('is an empty form when it is none at all', async () => {
    const token = await server().token();
    const answer = await server().client.call('POST', '/admin/library', { token, json: { job: {} } });
    expect(answerOf(answer)).toEqual([
      400,
      { error: "request is missing the following parameters: data=['job', 'file']" },
    ]);
  });
});

describe('changing the library', () => {
  test('replaces description and archive', async () => {
    await server().addToLibrary('change.sh');
    const before = (await library()).find(({ filename }) => filename === 'change.sh');
    const change = { filename: 'change.sh', description: 'New', file: await scriptZip('change.sh', 'new') };
    expect(answerOf(await send('PATCH', change))).toEqual([
      200,
      { success: 'successfully updated the job in the library' },
    ]);
    const after = (await library()).find(({ filename }) => filename === 'change.sh');
    expect(after).toMatchObject({ description: 'New', jobID: before?.['jobID'] });
    expect(after?.['sha256']).not.toBe(before?.['sha256']);
    expect(archives()).not.toContain(before?.['sha256']);
  });

  test('gives a task other rules', async () => {
    const task = { kind: 'task', name: 'again', schedule: { everySeconds: 60 } } as const;
    await server().addToLibrary('again.sh', undefined, { unit: task });
    const unit = { ...task, schedule: { cron: '0 8 * * *', timeZone: 'Europe/Berlin' } };
    const change = { filename: 'again.sh', unit: JSON.stringify(unit) };
    expect((await send('PATCH', change)).status).toBe(200);
    expect((await library()).find(({ filename }) => filename === 'again.sh')).toMatchObject({ unit });
    const wrong = await send('PATCH', { ...change, unit: '{"kind":"task"}' });
    expect([wrong.status, wrong.json]).toEqual([400, expect.objectContaining({ code: 'MESSAGE_INVALID' })]);
    const never = { ...task, schedule: { cron: '0 0 30 2 *' } };
    expect(answerOf(await send('PATCH', { ...change, unit: JSON.stringify(never) }))).toEqual([
      400,
      { error: 'The cron line "0 0 30 2 *" is never due', code: 'SCHEDULE_INVALID' },
    ]);
  });

  test.each<[string, FormParts, string]>([
    ['no name', { description: 'x' }, "request is missing the following parameters: data=['filename']"],
    ['an unknown name', { filename: 'none.sh', description: 'x' }, 'no existing job with that file name'],
    ['nothing new', { filename: 'same.sh' }, 'niether a new file nor a new description was provided'],
  ])('is refused with %s', async (_what, parts, error) => {
    if (!(await library()).some(({ filename }) => filename === 'same.sh'))
      await server().addToLibrary('same.sh');
    const answer = await send('PATCH', parts);
    expect([answer.status, answer.json]).toEqual([400, expect.objectContaining({ error })]);
  });
});

describe('removing from the library', () => {
  test('takes the archive along', async () => {
    await server().addToLibrary('gone.sh', { 'gone.sh': 'only here' });
    const entry = (await library()).find(({ filename }) => filename === 'gone.sh');
    expect(answerOf(await remove({ filename: 'gone.sh' }))).toEqual([
      200,
      { success: 'successfully deleted the job from the library' },
    ]);
    expect(archives()).not.toContain(entry?.['sha256']);
    expect(answerOf(await remove({ filename: 'gone.sh' }))).toEqual([
      400,
      { error: 'no existing job with that file name', code: 'LIBRARY_ENTRY_NOT_FOUND' },
    ]);
  });

  test('needs a name', async () => {
    expect(answerOf(await remove({}))).toEqual([
      400,
      { error: "request is missing the following parameters: data=['filename']" },
    ]);
  });
});
