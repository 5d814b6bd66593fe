import { createHash } from 'node:crypto';
import { expect, test } from '@jest/globals';
import { Key } from '@tufjs/models';
import {
  makeRoot,
  makeSnapshot,
  makeTargets,
  makeTimestamp,
  recordOfRoles,
  roleKeysOf,
  serialize,
} from '../../../../src/server/releases/next-metadata.ts';

const NEXT = { version: 7, nowMs: Date.parse('2026-11-23T08:00:00Z') };

test('root metadata names one key for each role', () => {
  const keys = recordOfRoles(
    (role) => new Key({ keyID: role, keyType: 'ed25519', scheme: 'ed25519', keyVal: { public: role } }),
  );
  const root = makeRoot(keys, NEXT);
  expect(root.toJSON()).toMatchObject({
    signed: {
      _type: 'root',
      version: 7,
      expires: '2036-11-22T08:00:00Z',
      consistent_snapshot: true,
      roles: recordOfRoles((role) => ({ keyids: [role], threshold: 1 })),
    },
  });
  expect(roleKeysOf(root)).toEqual(keys);
});

test('each of the others names the one below it by version, length and hash', () => {
  const targets = makeTargets({}, NEXT);
  const snapshot = makeSnapshot(targets, { ...NEXT, version: 8 });
  const timestamp = makeTimestamp(snapshot, { ...NEXT, version: 9 });
  expect(snapshot.signed.meta['targets.json']?.toJSON()).toEqual(describeBytes(7, serialize(targets)));
  expect(timestamp.signed.snapshotMeta.toJSON()).toEqual(describeBytes(8, serialize(snapshot)));
  expect(timestamp.signed.version).toBe(9);
});

function describeBytes(version: number, bytes: Buffer): object {
  return {
    version,
    length: bytes.length,
    hashes: { sha256: createHash('sha256').update(bytes).digest('hex') },
  };
}
