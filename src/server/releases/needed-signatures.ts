import type { Key, Metadata, Root } from '@tufjs/models';
import { AppError } from '../../lib/errors.ts';
import type { Draft } from '../../protocol/release-signing.ts';

/** A key, and the part of a draft that it is to sign. */
export interface Signer {
  readonly role: keyof Draft;
  readonly keyID: string;
}

/** All that must sign `draft` before it counts; a new root is signed by the key before it, too. */
export function signersOf(draft: Draft, root: Metadata<Root>): Signer[] {
  const next = draft.root ?? root;
  const signers = [
    ...(draft.root === undefined ? [] : [...keysFor('root', root), ...keysFor('root', next)]),
    ...(draft.targets === undefined ? [] : keysFor('targets', next)),
  ];
  return signers.filter(({ keyID }, at) => signers.findIndex((other) => other.keyID === keyID) === at);
}

/** Those of them whose signature is missing or wrong. */
export function neededSignatures(draft: Draft, root: Metadata<Root>): Signer[] {
  return signersOf(draft, root).filter(
    (signer) => !hasSigned(signer, { part: draft[signer.role], draft, root }),
  );
}

/**
 * Copies into `draft` those signatures of `signed` that it needs.
 * @throws AppError RELEASE_UNSIGNED when there are none, or `signed` is not what is to be signed
 */
export function takeSignatures(draft: Draft, signed: Draft, root: Metadata<Root>): void {
  const brought = neededSignatures(draft, root).filter((signer) => {
    const part = signed[signer.role];
    const signature = part?.signatures[signer.keyID];
    if (signature === undefined || !hasSigned(signer, { part, draft, root })) return false;
    requireSame(draft[signer.role], part);
    (draft[signer.role]?.signatures ?? {})[signer.keyID] = signature;
    return true;
  });
  if (brought.length === 0) {
    throw new AppError('RELEASE_UNSIGNED', 'It brings none of the signatures that are waited for');
  }
}

function requireSame(wanted: Draft[keyof Draft], signed: Draft[keyof Draft]): void {
  const isSame = JSON.stringify(wanted?.signed.toJSON()) === JSON.stringify(signed?.signed.toJSON());
  if (isSame) return;
  throw new AppError(
    'RELEASE_UNSIGNED',
    'What was signed is not what waits for it now; fetch the request again with "commander releases request"',
  );
}

function hasSigned(
  { keyID }: Signer,
  { part, draft, root }: { part: Draft[keyof Draft]; draft: Draft; root: Metadata<Root> },
): boolean {
  const key: Key | undefined = root.signed.keys[keyID] ?? draft.root?.signed.keys[keyID];
  if (key === undefined || part === undefined) return false;
  try {
    key.verifySignature(part);
    return true;
  } catch {
    return false; // missing or wrong: either way it does not count
  }
}

function keysFor(role: keyof Draft, { signed }: Metadata<Root>): Signer[] {
  return (signed.roles[role]?.keyIDs ?? []).map((keyID) => ({ role, keyID }));
}
