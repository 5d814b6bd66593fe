import { createPrivateKey } from 'node:crypto';
import { beforeEach, describe, expect, test } from '@jest/globals';
import { publicKeyOf } from '../../../../src/protocol/release-signing.ts';
import type { ReleaseKey } from '../../../../src/protocol/schemas/releases.ts';
import { exportKeys, removeKeys } from '../../../../src/server/releases/exported-keys.ts';
import { useCleanup } from '../../../support/cleanup.ts';
import { ReleaseWorld } from '../../../support/release-world.ts';

const onEnd = useCleanup();
let world: ReleaseWorld;
let known: ReleaseKey[];

beforeEach(() => {
  world = new ReleaseWorld(onEnd);
  known = world.openRepository().describeKeys();
});

describe('exportKeys', () => {
  test('gives the private keys of roles, and keeps them', () => {
    const exported = exportKeys(['targets', 'root'], known, world.keys);
    expect(exported.map(({ role }) => role)).toEqual(['root', 'targets']);
    for (const { keyID, privateKey } of exported) {
      expect(publicKeyOf(createPrivateKey(privateKey)).keyID).toBe(keyID);
      expect(world.keys.find(keyID)).toBeDefined();
    }
  });

  test.each(['snapshot', 'timestamp'] as const)('refuses that of %s, which has to stay', (role) => {
    expect(() => exportKeys(['root', role], known, world.keys)).toThrow(`The "${role}" key has to stay`);
  });

  test('says when a key has left already', () => {
    removeKeys([idOf('root')], known, world.keys);
    expect(() => exportKeys(['root'], known, world.keys)).toThrow(
      'The "root" key is not on the server any more',
    );
  });
});

describe('removeKeys', () => {
  test('takes them away, all of them or none', () => {
    expect(() => removeKeys([idOf('root'), idOf('timestamp')], known, world.keys)).toThrow('has to stay');
    expect(() => removeKeys([idOf('root'), 'f'.repeat(64)], known, world.keys)).toThrow(
      'No release is signed',
    );
    expect(world.keys.find(idOf('root'))).toBeDefined();
    removeKeys([idOf('root'), idOf('targets')], known, world.keys);
    expect([world.keys.find(idOf('root')), world.keys.find(idOf('targets'))]).toEqual([undefined, undefined]);
  });
});

function idOf(role: string): string {
  return known.find((key) => key.role === role)?.keyID ?? '';
}
