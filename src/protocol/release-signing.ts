import { createHash, createPublicKey, sign, type KeyObject } from 'node:crypto';
import { Key, Metadata, MetadataKind, Signature, type Root, type Targets } from '@tufjs/models';
import { AppError } from '../lib/errors.ts';
import type { ReleaseDraft, SignedMetadata } from './schemas/releases.ts';

/** A `ReleaseDraft` as TUF's own types. */
export interface Draft {
  readonly root?: Metadata<Root>;
  readonly targets?: Metadata<Targets>;
}

/** The public half as TUF writes it. As usual there, its ID is the hash of its canonical JSON. */
export function publicKeyOf(privateKey: KeyObject): Key {
  const { x = '' } = createPublicKey(privateKey).export({ format: 'jwk' });
  const keyval = { public: Buffer.from(x, 'base64url').toString('hex') };
  const fields = { keytype: 'ed25519', keyval, scheme: 'ed25519' }; // in the order of canonical JSON
  return Key.fromJSON(createHash('sha256').update(JSON.stringify(fields)).digest('hex'), fields);
}

export type Signable = Pick<Metadata<Root>, 'sign'>;

/** Adds the key's signature, in place of one that it made before. */
export function addSignature(metadata: Signable, privateKey: KeyObject): void {
  const { keyID } = publicKeyOf(privateKey);
  metadata.sign((bytes) => new Signature({ keyID, sig: sign(null, bytes, privateKey).toString('hex') }));
}

/** @throws AppError MESSAGE_INVALID when it is not TUF metadata */
export function readDraft({ root, targets }: ReleaseDraft): Draft {
  try {
    return {
      ...(root && { root: Metadata.fromJSON(MetadataKind.Root, root) }),
      ...(targets && { targets: Metadata.fromJSON(MetadataKind.Targets, targets) }),
    };
  } catch (cause) {
    throw new AppError('MESSAGE_INVALID', 'The metadata that is to be signed cannot be read', { cause });
  }
}

export function writeDraft({ root, targets }: Draft): ReleaseDraft {
  return {
    ...(root && { root: root.toJSON() as SignedMetadata }),
    ...(targets && { targets: targets.toJSON() as SignedMetadata }),
  };
}
