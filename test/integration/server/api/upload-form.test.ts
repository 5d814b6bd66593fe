import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { connect, type TLSSocket } from 'node:tls';
import { beforeAll, describe, expect, test } from '@jest/globals';
import { MAX_BODY_BYTES } from '../../../../src/protocol/version.ts';
import { useTestServer } from '../../../support/test-server.ts';
import { waitFor } from '../../../support/wait-for.ts';
import { zipOf } from '../../../support/zip.ts';

const server = useTestServer();

/** What lies in the folder of archives: kept ones, and those still coming. */
function files(): string[] {
  const dir = join(server().dataDir, 'library');
  return existsSync(dir) ? readdirSync(dir) : [];
}

async function upload(filename: string, archive: Buffer): Promise<number> {
  const entry = { executor: 'sh', filename, description: 'Big', os: 'linux' };
  return (await server().client.upload(await server().token(), entry, archive)).status;
}

describe('the limit of an upload', () => {
  /** An archive of exactly the limit: what packing adds is found by trying. */
  let largest: Buffer;
  beforeAll(async () => {
    const noise = randomBytes(MAX_BODY_BYTES);
    let length = MAX_BODY_BYTES;
    do {
      largest = await zipOf({ 'big.sh': noise.subarray(0, length) });
      length -= largest.length - MAX_BODY_BYTES;
    } while (largest.length !== MAX_BODY_BYTES);
  });

  test('is 16 MiB, inclusive', async () => {
    expect(await upload('big.sh', largest)).toBe(200);
  });

  test.each([1, MAX_BODY_BYTES])(
    'refuses an archive that has %d bytes more, and keeps nothing',
    async (more) => {
      const before = files();
      expect(await upload('bigger.sh', Buffer.concat([largest, Buffer.alloc(more)]))).toBe(413);
      expect(files()).toEqual(before);
    },
  );
});

describe('an upload that is cut off midway', () => {
  test('leaves nothing', async () => {
    const before = files();
    const socket = await sendHalfAnUpload();
    await waitFor(() => files().length > before.length, { what: 'the upload to begin' });
    socket.destroy();
    await waitFor(() => files().length === before.length, { what: 'the upload to be discarded' });
    expect(files()).toEqual(before);
  });

  async function sendHalfAnUpload(): Promise<TLSSocket> {
    const { port } = new URL(server().running.url);
    const token = await server().token();
    const socket = connect({
      host: '127.0.0.1',
      servername: 'localhost',
      port: Number(port),
      ca: server().root,
    });
    await once(socket, 'secureConnect');
    socket.write(
      [
        'POST /admin/library HTTP/1.1',
        'Host: localhost',
        `Authorization: Bearer ${token}`,
        'Content-Type: multipart/form-data; boundary=x',
        'Content-Length: 1000000',
        '',
        '--x',
        'Content-Disposition: form-data; name="file"; filename="a.zip"',
        '',
        'PK half of an archive',
      ].join('\r\n'),
    );
    return socket;
  }
});
