import { beforeEach, describe, expect, test } from '@jest/globals';
import type { Draft } from '../../../../src/protocol/release-signing.ts';
import { KeyFiles } from '../../../../src/server/releases/key-files.ts';
import {
  neededSignatures,
  signersOf,
  takeSignatures,
} from '../../../../src/server/releases/needed-signatures.ts';
import {
  makeRoot,
  makeTargets,
  recordOfRoles,
  type RoleKeys,
} from '../../../../src/server/releases/next-metadata.ts';
import { useCleanup } from '../../../support/cleanup.ts';
import { makeTempDir } from '../../../support/temp-dir.ts';

const FIRST = { version: 1, nowMs: 0 };
const SECOND = { version: 2, nowMs: 0 };

const onEnd = useCleanup();
let files: KeyFiles;
let old: RoleKeys;
let next: RoleKeys;

beforeEach(() => {
  files = new KeyFiles(makeTempDir(onEnd));
  old = recordOfRoles(() => files.make());
  next = recordOfRoles(() => files.make());
});

describe('signersOf', () => {
  test.each([
    ['nothing', () => ({}), () => []],
    ['targets', () => ({ targets: targets() }), () => [old.targets]],
    ['the same root again', () => ({ root: makeRoot(old, SECOND) }), () => [old.root]],
    ['a root with a new key', () => ({ root: makeRoot(next, SECOND) }), () => [old.root, next.root]],
    [
      'both, of which the new root says who signs the targets',
      () => ({ root: makeRoot(next, SECOND), targets: targets() }),
      () => [old.root, next.root, next.targets],
    ],
  ])('of %s', (_what, draft, keys) => {
    expect(signersOf(draft(), makeRoot(old, FIRST)).map(({ keyID }) => keyID)).toEqual(
      keys().map(({ keyID }) => keyID),
    );
  });
});

describe('neededSignatures', () => {
  test('are all at first, and fewer with each that has signed', () => {
    const draft = { root: makeRoot(next, SECOND), targets: targets() };
    const needs = (): string[] => neededSignatures(draft, makeRoot(old, FIRST)).map(({ keyID }) => keyID);
    expect(needs()).toEqual([old.root.keyID, next.root.keyID, next.targets.keyID]);
    files.sign(draft.root, next.root.keyID);
    expect(needs()).toEqual([old.root.keyID, next.targets.keyID]);
    files.sign(draft.root, old.root.keyID);
    files.sign(draft.targets, next.targets.keyID);
    expect(needs()).toEqual([]);
  });

  test('do not get fewer by a signature over something else', () => {
    const draft = { targets: targets() };
    files.sign(draft.targets, old.targets.keyID);
    const changed = { targets: makeTargets({}, { version: 3, nowMs: 0 }) };
    Object.assign(changed.targets.signatures, draft.targets.signatures);
    expect(neededSignatures(changed, makeRoot(old, FIRST))).toHaveLength(1);
  });
});

describe('takeSignatures', () => {
  test('takes those that are needed and leaves the others', () => {
    const [draft, signed]: Draft[] = [{ targets: targets() }, { targets: targets() }];
    for (const { keyID } of [old.targets, old.root]) files.sign(signed?.targets ?? targets(), keyID);
    takeSignatures(draft ?? {}, signed ?? {}, makeRoot(old, FIRST));
    expect(Object.keys(draft?.targets?.signatures ?? {})).toEqual([old.targets.keyID]);
  });
});

function targets(): ReturnType<typeof makeTargets> {
  return makeTargets({}, SECOND);
}
