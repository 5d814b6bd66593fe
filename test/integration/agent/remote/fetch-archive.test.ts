import { createHash } from 'node:crypto';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { EarlyArchives } from '../../../../src/agent/remote/early-archives.ts';
import { fetchArchive } from '../../../../src/agent/remote/fetch-archive.ts';
import { systemClock } from '../../../../src/lib/clock.ts';
import type { JobAssignment } from '../../../../src/protocol/schemas/job.ts';
import { useCleanup } from '../../../support/cleanup.ts';
import { startRemote } from '../../../support/remote-world.ts';
import { reply, type ScriptedServer } from '../../../support/scripted-server.ts';
import { makeTempDir } from '../../../support/temp-dir.ts';
import { readWire } from '../../../support/wire-fixture.ts';

const onEnd = useCleanup();
const content = Buffer.from('0123456789');
const sha256 = createHash('sha256').update(content).digest('hex');

const ours: JobAssignment = {
  jobID: 'a',
  executor: 'sh',
  filename: 'a.sh',
  archive: { sha256, size: content.length },
};
const theirs: JobAssignment = { jobID: 'a', executor: 'sh', filename: 'grüße ☃.sh' };

interface Fetching {
  readonly server: ScriptedServer;
  readonly early: EarlyArchives;
  readonly archivePath: string;
  readonly fetch: (job: JobAssignment) => Promise<void>;
}

async function start({
  there,
  maxBytes = 1000,
}: { there?: string; maxBytes?: number } = {}): Promise<Fetching> {
  const { server, client } = await startRemote(onEnd);
  const archivePath = join(makeTempDir(onEnd), 'archive');
  if (there !== undefined) writeFileSync(archivePath, there);
  const { signal } = new AbortController();
  const early = new EarlyArchives();
  const run = { client: () => client, early, agentID: 'agent-1', maxBytes, clock: systemClock, signal };
  return { server, early, archivePath, fetch: async (job) => await fetchArchive(job, archivePath, run) };
}

/** Serves the archive, and the rest of it to who asks for that. */
function serveRanges(server: ScriptedServer): void {
  server.script = ({ headers }, response) => {
    const from = Number(/^bytes=(\d+)-$/.exec(headers.range ?? '')?.[1] ?? 0);
    if (from === 0) response.writeHead(200).end(content);
    else response.writeHead(206, { 'content-range': `bytes ${from}-9/10` }).end(content.subarray(from));
  };
}

describe('from our server', () => {
  test('an archive is asked for by its hash', async () => {
    const { server, archivePath, fetch } = await start();
    serveRanges(server);
    await fetch(ours);
    expect(readFileSync(archivePath)).toEqual(content);
    expect(server.seen).toMatchObject([
      { line: `GET /agent/archives/${sha256}`, headers: { 'agent-id': 'agent-1' }, peer: 'agent-1' },
    ]);
  });

  test('one that came with the push is not asked for', async () => {
    const { server, early, archivePath, fetch } = await start({ there: '0123' });
    early.replace(new Map([[sha256, content]]));
    await fetch(ours);
    expect([readFileSync(archivePath), server.seen]).toEqual([content, []]);
  });

  test('one that came with the push but is not what it should be is', async () => {
    const { server, early, archivePath, fetch } = await start();
    serveRanges(server);
    early.replace(new Map([[sha256, Buffer.from('something else')]]));
    await fetch(ours);
    expect([readFileSync(archivePath), server.seen.length]).toEqual([content, 1]);
  });

  test('a download that broke off is gone on with', async () => {
    const { server, archivePath, fetch } = await start({ there: '0123' });
    serveRanges(server);
    await fetch(ours);
    expect(readFileSync(archivePath)).toEqual(content);
    expect(server.seen).toMatchObject([{ headers: { range: 'bytes=4-', 'if-range': `"${sha256}"` } }]);
  });

  test('what is there whole is not fetched again', async () => {
    const { server, fetch } = await start({ there: content.toString() });
    await fetch(ours);
    expect(server.seen).toEqual([]);
  });

  test.each([
    ['whole but wrong', 'wrong67890'],
    ['longer than it should be', 'wrong6789012'],
  ])('what is there %s begins anew', async (_, there) => {
    const { server, archivePath, fetch } = await start({ there });
    serveRanges(server);
    await fetch(ours);
    expect(readFileSync(archivePath)).toEqual(content);
    expect(server.seen[0]?.headers.range).toBeUndefined();
  });

  test('a server that sends all instead of the rest is taken at its word', async () => {
    const { server, archivePath, fetch } = await start({ there: '0123' });
    server.script = (_, response) => response.writeHead(200).end(content);
    await fetch(ours);
    expect(readFileSync(archivePath)).toEqual(content);
  });

  test.each<[string, number, Record<string, string>, string]>([
    ['another content', 200, {}, 'abcdefghij'],
    ['less', 200, {}, '01234'],
    ['more', 200, {}, '01234567890'],
    ['another range', 206, { 'content-range': 'bytes 5-9/10' }, '56789'],
    ['a range that it calls none', 416, {}, ''],
  ])(
    '%s is a mismatch that is forgotten, so that the next try begins anew',
    async (_, status, headers, body) => {
      const { server, archivePath, fetch } = await start({ there: '0123' });
      server.script = (__, response) => response.writeHead(status, headers).end(body);
      await expect(fetch(ours)).rejects.toMatchObject({ code: 'ARCHIVE_MISMATCH', retryable: true });
      expect(existsSync(archivePath)).toBe(false);
    },
  );

  test('an archive larger than this host takes is not even asked for', async () => {
    const { server, fetch } = await start({ maxBytes: 9 });
    await expect(fetch(ours)).rejects.toMatchObject({ code: 'ARCHIVE_TOO_LARGE', retryable: false });
    expect(server.seen).toEqual([]);
  });

  test('a connection that breaks keeps what came', async () => {
    const { server, archivePath, fetch } = await start();
    server.script = (_, response) => {
      response
        .writeHead(200, { 'content-length': 10 })
        .write('01234', () => setTimeout(() => response.destroy(), 20));
    };
    await expect(fetch(ours)).rejects.toMatchObject({ code: 'SERVER_UNREACHABLE', retryable: true });
    expect(readFileSync(archivePath, 'utf8')).toBe('01234');
  });

  test.each([
    [404, 'SERVER_REFUSED', false],
    [500, 'SERVER_ERROR', true],
    [502, 'SERVER_ERROR', true],
  ])('status %d is %s', async (status, code, retryable) => {
    const { server, fetch } = await start();
    server.script = (_, response) => response.writeHead(status).end(readWire('nginx/502.html'));
    await expect(fetch(ours)).rejects.toMatchObject({ code, retryable });
  });
});

describe('from an original', () => {
  test('an archive is asked for by the name of its job, in the body of a GET', async () => {
    const { server, archivePath, fetch } = await start({ there: 'left over' });
    server.script = (_, response) =>
      response.writeHead(200, { 'content-type': 'text/x-sh; charset=utf-8' }).end(content);
    await fetch(theirs);
    expect(readFileSync(archivePath)).toEqual(content);
    expect(server.seen).toMatchObject([
      {
        line: 'GET /agent/execute',
        body: JSON.stringify({ filename: theirs.filename }),
        headers: { 'agent-id': 'agent-1' },
      },
    ]);
    expect(server.seen[0]?.headers.range).toBeUndefined();
  });

  test('one that has not read the ack yet is asked again within milliseconds', async () => {
    const { server, archivePath, fetch } = await start();
    server.script = (_, response) => {
      if (server.seen.length < 4) reply(response, 400, { error: 'no matching job available for download' });
      else response.end(content);
    };
    await fetch(theirs);
    expect([server.seen.length, readFileSync(archivePath)]).toEqual([4, content]);
  });

  test('one that never reads it is given up, for now', async () => {
    const { server, fetch } = await start();
    server.script = (_, response) =>
      reply(response, 400, { error: 'no matching job available for download' });
    await expect(fetch(theirs)).rejects.toMatchObject({ code: 'SERVER_REFUSED', retryable: true });
    expect(server.seen.length).toBe(7);
  });

  test.each([
    [400, 'agent ID not found', 'SERVER_REFUSED', false],
    [500, 'job file missing -- please contact an administrator', 'SERVER_ERROR', true],
  ])('status %d, "%s", is %s', async (status, error, code, retryable) => {
    const { server, fetch } = await start();
    server.script = (_, response) => reply(response, status, { error });
    await expect(fetch(theirs)).rejects.toMatchObject({
      code,
      retryable,
      cause: { message: expect.stringContaining(error) },
    });
    expect(server.seen).toHaveLength(1);
  });

  test('more than this host takes is cut off', async () => {
    const { server, fetch } = await start({ maxBytes: 9 });
    server.script = (_, response) => response.end(content);
    await expect(fetch(theirs)).rejects.toMatchObject({ code: 'ARCHIVE_TOO_LARGE', retryable: false });
  });
});
