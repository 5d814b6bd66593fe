import { createPrivateKey } from 'node:crypto';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { createCertificateRequest } from '../../../../src/lib/certificate-request.ts';
import {
  validateExportedKeys,
  validateReleaseChange,
  validateReleaseList,
} from '../../../../src/protocol/generated/releases.js';
import { addSignature, readDraft, writeDraft } from '../../../../src/protocol/release-signing.ts';
import { parse, type Validator } from '../../../../src/protocol/validate.ts';
import type { ReleaseChange, ReleaseList } from '../../../../src/protocol/schemas/releases.ts';
import { agentExecutable } from '../../../support/agent-executable.ts';
import { expectAnswer } from '../../../support/expect-answer.ts';
import type { OriginalAnswer } from '../../../support/original-client.ts';
import { publishAt, stageAt } from '../../../support/releases-at.ts';
import { useTestServer } from '../../../support/test-server.ts';

const RELEASE = { version: '1.1.0', platform: 'linux-x64' } as const;

describe('releases', () => {
  const server = useTestServer();
  const call = callerOf(server);

  test('are uploaded, published, listed and removed', async () => {
    const sha256 = await publishAt(server(), RELEASE);
    const { files } = await list(call);
    expect(files).toEqual([
      {
        ...{ ...RELEASE, sha256, size: agentExecutable(RELEASE).length, publishedBy: 'admin' },
        publishedAt: expect.stringMatching(/^\d{4}-.*Z$/),
      },
    ]);
    await expectAnswer(call('DELETE', '/1.1.0'), 200, { needs: [] });
    expect((await list(call)).files).toEqual([]);
    await expectAnswer(call('DELETE', '/1.1.0'), 404, 'Version 1.1.0 is not published');
  });

  test('of other content but the same version are refused', async () => {
    await publishAt(server(), RELEASE, 'one');
    const { json } = await stageAt(server(), new Uint8Array(agentExecutable(RELEASE, 'two')));
    const { status, json: answer } = await call('POST', '', { files: [(json as { sha256: string }).sha256] });
    expect([status, answer]).toMatchObject([409, { code: 'RELEASE_EXISTS' }]);
  });

  test('that are none leave nothing behind', async () => {
    const before = files(server().dataDir);
    const cutOff = new Uint8Array(agentExecutable(RELEASE, 'x'.repeat(100)).subarray(0, -50));
    const { status, json } = await stageAt(server(), cutOff);
    expect([status, json]).toMatchObject([400, { code: 'RELEASE_INVALID' }]);
    expect(files(server().dataDir)).toEqual(before);
  });

  test.each([
    ['no form', 'POST', '/files', {}, 400],
    ['what was not uploaded', 'POST', '', { files: ['f'.repeat(64)] }, 404],
    ['nothing', 'POST', '', { files: [] }, 400],
    ['no list', 'POST', '', {}, 400],
    ['no role', 'POST', '/keys/rotate', { roles: ['admin'] }, 400],
    ['a draft that is none', 'POST', '/draft', { targets: { signatures: [], signed: {} } }, 400],
  ])('refuse %s', async (_what, method, path, json, status) => {
    expect((await call(method, path, json)).status).toBe(status);
  });

  test('are for admins', async () => {
    for (const [method, path] of [
      ['GET', ''],
      ['POST', ''],
      ['POST', '/files'],
      ['DELETE', '/1.1.0'],
      ['GET', '/draft'],
      ['POST', '/draft'],
      ['POST', '/keys/export'],
      ['DELETE', '/keys'],
      ['POST', '/keys/rotate'],
      ['POST', '/keys/extend'],
    ] as const) {
      const { status } = await server().client.call(method, `/admin/releases${path}`, { json: {} });
      expect([method, path, status]).toEqual([method, path, 401]);
    }
  });
});

describe('release keys', () => {
  const server = useTestServer();
  const call = callerOf(server);

  test('leave the server, which then asks for signatures and takes nothing else', async () => {
    const exported = await call('POST', '/keys/export', { roles: ['targets'] });
    const [key] = read(validateExportedKeys, exported).keys;
    expect((await list(call)).keys.map(({ role, onServer }) => [role, onServer])).toContainEqual([
      'targets',
      true,
    ]);
    await expectAnswer(call('DELETE', '/keys', { keyIDs: [key?.keyID] }), 200, { success: 'keys removed' });
    expect((await list(call)).keys.map(({ role, onServer }) => [role, onServer])).toContainEqual([
      'targets',
      false,
    ]);
    await expectAnswer(call('POST', '/keys/export', { roles: ['targets'] }), 409, {
      error: 'The "targets" key is not on the server any more',
    });

    await publishAt(server(), RELEASE);
    expect(await list(call)).toMatchObject({ files: [], unsigned: ['targets'] });
    const { draft, needs } = await change(call('GET', '/draft'));
    expect(needs).toEqual([{ role: 'targets', keyID: key?.keyID }]);
    await expectAnswer(call('POST', '/draft', draft), 409, {
      error: 'It brings none of the signatures that are waited for',
      code: 'RELEASE_UNSIGNED',
    });

    const parts = readDraft(draft ?? {});
    if (parts.targets !== undefined) addSignature(parts.targets, createPrivateKey(key?.privateKey ?? ''));
    expect(await change(call('POST', '/draft', writeDraft(parts)))).toEqual({ needs: [] });
    expect((await list(call)).files).toHaveLength(1);
  });

  test('that the server needs every few days cannot leave', async () => {
    await expectAnswer(call('POST', '/keys/export', { roles: ['timestamp'] }), 409, {
      error: 'The "timestamp" key has to stay on the server, which signs with it every few days',
    });
  });

  test('are replaced, and what is drafted can be dropped', async () => {
    const before = await list(call);
    expect(await change(call('POST', '/keys/rotate', { roles: ['snapshot'] }))).toEqual({ needs: [] });
    const after = await list(call);
    expect(
      before.keys.filter(({ keyID }, at) => keyID !== after.keys[at]?.keyID).map(({ role }) => role),
    ).toEqual(['snapshot']);
    expect((await change(call('POST', '/keys/extend', { roles: ['targets'] }))).needs).toHaveLength(1);
    await expectAnswer(call('DELETE', '/draft'), 200, { success: 'draft discarded' });
    expect(await change(call('GET', '/draft'))).toEqual({ needs: [] });
  });

  test('are not handed out for a certificate, which can be stolen', async () => {
    const { key, csr } = await createCertificateRequest('admin');
    const { cert } = (await server().admin('POST', '/admin/certificate', { csr })) as { cert: string };
    const admin = server().clientWith({ cert, key });
    const json = { roles: ['root'], keyIDs: [] };
    expect((await admin.call('GET', '/admin/releases')).status).toBe(200);
    expect((await admin.call('POST', '/admin/releases/keys/export', { json })).status).toBe(401);
    expect((await admin.call('DELETE', '/admin/releases/keys', { json })).status).toBe(401);
  });
});

type Call = (method: string, path: string, json?: unknown) => Promise<OriginalAnswer>;

function callerOf(server: ReturnType<typeof useTestServer>): Call {
  return async (method, path, json) =>
    await server().client.call(method, `/admin/releases${path}`, {
      token: await server().token(),
      ...(json === undefined ? {} : { json }),
    });
}

async function list(call: Call): Promise<ReleaseList> {
  return read(validateReleaseList, await call('GET', ''));
}

async function change(answer: Promise<OriginalAnswer>): Promise<ReleaseChange> {
  return read(validateReleaseChange, await answer);
}

function read<T>(validator: Validator<T>, { json }: OriginalAnswer): T {
  return parse(validator, json, 'The answer');
}

function files(dataDir: string): string[] {
  return readdirSync(join(dataDir, 'releases', 'files'));
}
