import { generateKeyPairSync } from 'node:crypto';
import { Metadata, Targets } from '@tufjs/models';
import { describe, expect, test } from '@jest/globals';
import { addSignature, publicKeyOf, readDraft, writeDraft } from '../../../src/protocol/release-signing.ts';

const { privateKey } = generateKeyPairSync('ed25519');
const another = generateKeyPairSync('ed25519').privateKey;

describe('addSignature', () => {
  test('makes a signature that TUF accepts from this key and from no other', () => {
    const metadata = targets();
    addSignature(metadata, privateKey);
    expect(() => publicKeyOf(privateKey).verifySignature(metadata)).not.toThrow();
    expect(() => publicKeyOf(another).verifySignature(metadata)).toThrow();
  });

  test('is worth nothing once the content is another', () => {
    const metadata = targets();
    addSignature(metadata, privateKey);
    const changed = new Metadata(targets(2).signed, metadata.signatures);
    expect(() => publicKeyOf(privateKey).verifySignature(changed)).toThrow();
  });

  test('keeps those of other keys', () => {
    const metadata = targets();
    for (const key of [privateKey, another, privateKey]) addSignature(metadata, key);
    expect(Object.keys(metadata.signatures).sort()).toEqual(
      [privateKey, another].map((key) => publicKeyOf(key).keyID).sort(),
    );
  });
});

describe('readDraft', () => {
  test('reads what writeDraft wrote', () => {
    const metadata = targets();
    addSignature(metadata, privateKey);
    const read = readDraft(writeDraft({ targets: metadata }));
    expect(read.root).toBeUndefined();
    expect(read.targets?.toJSON()).toEqual(metadata.toJSON());
  });

  test('refuses what is no metadata of that kind', () => {
    const draft = writeDraft({ targets: targets() });
    expect(() => readDraft({ root: draft.targets as NonNullable<typeof draft.targets> })).toThrow(
      'The metadata that is to be signed cannot be read',
    );
  });
});

function targets(version = 1): Metadata<Targets> {
  return new Metadata(new Targets({ version, specVersion: '1.0.31', expires: '2030-01-01T00:00:00Z' }));
}
