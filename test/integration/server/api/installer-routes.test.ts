import { createHash } from 'node:crypto';
import { readdirSync } from 'node:fs';
import { request as httpsRequest } from 'node:https';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { MAX_BODY_BYTES, MAX_INSTALLER_BYTES } from '../../../../src/protocol/version.ts';
import type { OriginalAnswer } from '../../../support/original-client.ts';
import { useTestServer } from '../../../support/test-server.ts';

const server = useTestServer();
const NAME = 'commander-agent-linux-x64';
const OTHER = 'commander-agent-linux-arm64';

const hashOf = (content: string | Buffer): string => createHash('sha256').update(content).digest('hex');
const storedFiles = (): string[] => readdirSync(join(server().dataDir, 'installers')).sort();

async function add(name: string, content: string | Buffer): Promise<OriginalAnswer> {
  const form = new FormData();
  form.append('file', new Blob([new Uint8Array(Buffer.from(content))]), name);
  return await server().client.call('POST', '/admin/installers', { token: await server().token(), form });
}

async function asAdmin(method: string, path: string, json?: unknown): Promise<OriginalAnswer> {
  const body = json === undefined ? {} : { json };
  return await server().client.call(method, path, { token: await server().token(), ...body });
}

const get = async (path: string, headers: Record<string, string> = {}): Promise<OriginalAnswer> =>
  await server().client.call('GET', path, { headers });

describe('a server with nothing to install', () => {
  test.each(['/install.sh', '/install.ps1'])('says so at %s', async (path) => {
    const { status, json } = await get(path);
    expect([status, json]).toEqual([
      404,
      {
        error: 'there is nothing to install yet: "commander installers add FILE" adds it',
        code: 'INSTALLER_NOT_FOUND',
      },
    ]);
  });

  test('lists nothing, and has none to hand out', async () => {
    expect((await asAdmin('GET', '/admin/installers')).json).toEqual({ installers: [] });
    expect((await asAdmin('GET', '/admin/installer', { os: 'linux' })).status).toBe(404);
  });
});

describe('an installer', () => {
  test('larger than any other body may be is streamed to disk, and described by name, size and hash', async () => {
    const content = Buffer.alloc(MAX_BODY_BYTES + 1, 'x');
    const { status, json } = await add(NAME, content);
    const view = {
      name: NAME,
      os: 'linux',
      arch: 'x64',
      format: 'executable',
      size: content.length,
      sha256: hashOf(content),
      addedAt: expect.stringMatching(/^\d{4}-\d\d-\d\dT.*Z$/),
      addedBy: 'admin',
    };
    expect([status, json]).toEqual([200, view]);
    expect((await asAdmin('GET', '/admin/installers')).json).toEqual({ installers: [view] });
  });

  test('is downloaded by anyone, whole', async () => {
    await add(NAME, '0123456789');
    const { status, bytes, headers } = await get(`/download/${NAME}`);
    expect([status, bytes.toString()]).toEqual([200, '0123456789']);
    expect(headers).toMatchObject({
      'content-type': 'application/octet-stream',
      'content-length': '10',
      'accept-ranges': 'bytes',
      'x-content-type-options': 'nosniff',
      etag: `"${hashOf('0123456789')}"`,
    });
  });

  test('goes on where a download broke off, unless it has changed since', async () => {
    await add(NAME, '0123456789');
    const { etag = '' } = (await get(`/download/${NAME}`)).headers;
    const rest = { range: 'bytes=4-', 'if-range': String(etag) };
    const { status, bytes, headers } = await get(`/download/${NAME}`, rest);
    expect([status, bytes.toString(), headers['content-range']]).toEqual([206, '456789', 'bytes 4-9/10']);
    await add(NAME, 'abcdefghij');
    const changed = await get(`/download/${NAME}`, rest);
    expect([changed.status, changed.bytes.toString()]).toEqual([200, 'abcdefghij']);
  });

  test('that is not there is a 404 that says so', async () => {
    const { status, json } = await get('/download/commander-agent-win-x64.exe');
    expect([status, json]).toEqual([
      404,
      { error: 'There is no installer "commander-agent-win-x64.exe"', code: 'INSTALLER_NOT_FOUND' },
    ]);
  });

  test.each(['/download/..%2flock.db', '/download/index.json', '/download/%2e%2e/ca/root.pem'])(
    'is all that can be downloaded: %s is not',
    async (path) => {
      expect((await get(path)).status).toBe(404);
    },
  );

  test('is gone once it was removed, and its file with it', async () => {
    await add(OTHER, 'to be removed');
    expect(storedFiles()).toContain(hashOf('to be removed'));
    expect((await asAdmin('DELETE', `/admin/installers/${OTHER}`)).status).toBe(200);
    expect((await get(`/download/${OTHER}`)).status).toBe(404);
    expect(storedFiles()).not.toContain(hashOf('to be removed'));
    expect((await asAdmin('DELETE', `/admin/installers/${OTHER}`)).status).toBe(404);
  });
});

describe('an upload is refused, and nothing is left of it,', () => {
  async function expectNoTrace(refused: () => Promise<OriginalAnswer>): Promise<OriginalAnswer> {
    await add(NAME, 'what is there');
    const before = storedFiles();
    const answer = await refused();
    expect(storedFiles()).toEqual(before);
    return answer;
  }

  test.each(['notes.txt', 'commander-linux-x64', '../commander-agent-linux-x64.sh'])(
    'when its name is %s',
    async (name) => {
      const { status, json } = await expectNoTrace(async () => await add(name, 'x'));
      expect([status, json]).toEqual([
        400,
        { error: expect.stringContaining('is not the name of an installer'), code: 'NAME_INVALID' },
      ]);
    },
  );

  test('when it is no upload', async () => {
    const { status, json } = await expectNoTrace(
      async () => await asAdmin('POST', '/admin/installers', { name: NAME }),
    );
    expect([status, json]).toEqual([
      400,
      { error: "request is missing the following parameters: data=['file']" },
    ]);
  });

  test('when it is larger than any installer is', async () => {
    const { status } = await expectNoTrace(async () => await sendZeros(NAME, MAX_INSTALLER_BYTES + 1));
    expect(status).toBe(413);
  });

  test('when it comes from nobody', async () => {
    const form = new FormData();
    form.append('file', new Blob(['x']), NAME);
    const { status } = await server().client.call('POST', '/admin/installers', { form });
    expect(status).toBe(401);
  });

  /** In chunks: a test need not hold what a server does not. */
  async function sendZeros(name: string, size: number): Promise<OriginalAnswer> {
    const head = `--b\r\ncontent-disposition: form-data; name="file"; filename="${name}"\r\n\r\n`;
    const token = await server().token();
    return await new Promise((resolve, reject) => {
      const request = httpsRequest(`${server().running.url}/admin/installers`, {
        method: 'POST',
        ca: server().root,
        agent: false,
        headers: { authorization: `Bearer ${token}`, 'content-type': 'multipart/form-data; boundary=b' },
      });
      request.on('error', reject);
      request.on('response', (response) => {
        response.resume();
        resolve({ status: response.statusCode ?? 0, headers: {}, bytes: Buffer.alloc(0), json: undefined });
      });
      request.write(head);
      const chunk = Buffer.alloc(1024 * 1024);
      let left = size;
      const send = (): void => {
        while (left > 0) {
          const length = Math.min(left, chunk.length);
          left -= length;
          if (!request.write(chunk.subarray(0, length))) {
            request.once('drain', send);
            return;
          }
        }
        request.end('\r\n--b--\r\n');
      };
      send();
    });
  }
});

describe('GET /admin/installer', () => {
  test('answers with a file that is ready to install, under its own name', async () => {
    await add('commander-agent_1.2.0_amd64.deb', 'a package');
    const { status, bytes, headers } = await asAdmin('GET', '/admin/installer', { os: 'Linux' });
    expect([status, bytes.toString()]).toEqual([200, 'a package']);
    expect(headers).toMatchObject({
      'content-type': 'application/vnd.debian.binary-package',
      'content-disposition': 'attachment; filename="commander-agent_1.2.0_amd64.deb"',
    });
  });

  test('takes its wish from the query, too, architecture and format included', async () => {
    await add(NAME, 'the executable');
    const path = '/admin/installer?os=linux&arch=x64&format=executable';
    expect((await asAdmin('GET', path)).bytes.toString()).toBe('the executable');
  });

  test.each([
    [undefined, 400, "request is missing the following parameters: data=['os']"],
    [{ os: 3 }, 400, "request is missing the following parameters: data=['os']"],
    [{ os: 'plan9' }, 400, '"os" must be windows, linux or macos, not "plan9"'],
    [{ os: 'macos' }, 404, 'There is no installer for macos; add one with "commander installers add FILE"'],
  ])('with %j is answered with %d and a sentence', async (body, expected, error) => {
    const { status, json } = await asAdmin('GET', '/admin/installer', body);
    expect([status, json]).toEqual([expected, expect.objectContaining({ error })]);
  });

  test('is for admins', async () => {
    expect((await get('/admin/installer?os=linux')).status).toBe(401);
  });
});

test('the scripts name what is there, for everybody, and hold no secret', async () => {
  await add(NAME, 'the executable');
  await add('commander-agent-win-x64.exe', 'for Windows');
  const scripts = await Promise.all(['/install.sh', '/install.ps1'].map(async (path) => await get(path)));
  const [sh = '', ps1 = ''] = scripts.map(({ bytes }) => bytes.toString());
  expect(sh).toContain(`${hashOf('the executable')}  ${NAME}`);
  expect(ps1).toContain(`${hashOf('for Windows')}  commander-agent-win-x64.exe`);
  for (const { status, headers, bytes } of scripts) {
    expect([status, headers['content-type']]).toEqual([200, 'text/plain; charset=utf-8']);
    expect(bytes.toString()).toContain(`'${server().running.url}'`);
    expect(bytes.toString()).toContain(server().running.fingerprint);
    expect(bytes.toString()).not.toContain(await server().registrationKey());
  }
});
