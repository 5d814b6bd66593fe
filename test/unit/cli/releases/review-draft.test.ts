import { beforeEach, expect, test } from '@jest/globals';
import { reviewDraft, type ReviewedPart } from '../../../../src/cli/releases/review-draft.ts';
import { readDraft } from '../../../../src/protocol/release-signing.ts';
import type { ReleaseDraft } from '../../../../src/protocol/schemas/releases.ts';
import { useCleanup } from '../../../support/cleanup.ts';
import { waitingChange, type WaitingChange } from '../../../support/sample-releases.ts';

/** The draft as a server that was taken over may write it. */
interface Hostile {
  root: Signed & { roles: Record<string, { threshold: number }> };
  targets: Signed & { targets: Record<string, { hashes: object; custom?: object }> };
}
type Signed = Record<string, unknown> & { expires: string; version: number };

const EXECUTABLE = '1.1.0/linux-x64/commander-agent';
const BLOCKS = '1.1.0/linux-x64/blocks.json';

const onEnd = useCleanup();
let draft: ReleaseDraft;
let hostile: Hostile;

beforeEach(async () => {
  const { world, change }: WaitingChange = await waitingChange(onEnd);
  draft = { ...change.draft, ...world.open().rotateKeys(['root']).draft };
  hostile = { root: signedOf(draft.root), targets: signedOf(draft.targets) } as Hostile;
});

test('every key and every executable is shown', () => {
  const [root, targets] = review();
  expect(root?.title).toBe(`Root metadata 2, good until ${hostile.root.expires}, with these keys:`);
  expect(root?.rows.map(([role, signatures]) => `${role} ${signatures}`)).toEqual([
    'root 1 of 1',
    'targets 1 of 1',
    'snapshot 1 of 1',
    'timestamp 1 of 1',
  ]);
  expect(targets?.title).toBe(`Releases 2, good until ${hostile.targets.expires}, all of them:`);
  expect(targets?.rows).toEqual([['1.1.0', 'linux-x64', expect.stringMatching(/^[0-9a-f]{64}$/)]]);
});

test('a threshold that a single key can reach is seen', () => {
  const { roles } = hostile.root;
  if (roles['targets']) roles['targets'].threshold = 2;
  expect(review()[0]?.rows[1]?.slice(0, 2)).toEqual(['targets', '2 of 1']);
});

test.each<[string, (hostile: Hostile) => void, RegExp]>([
  [
    'somebody else who may publish',
    ({ targets }) => (targets['delegations'] = { keys: {}, roles: [] }),
    /gives others the right to publish/,
  ],
  ['a field of the list', ({ targets }) => (targets['x-extra'] = 1), /fields that nobody knows: "x-extra"/],
  ['a field of the root', ({ root }) => (root['x-extra'] = 1), /The root metadata has fields/],
  [
    'an executable without a note',
    ({ targets }) => delete targets.targets[EXECUTABLE]?.custom,
    /has "1\.1\.0\/linux-x64\/commander-agent", which is no release/,
  ],
  [
    'an executable that says only what agents look for',
    ({ targets }) =>
      Object.assign(targets.targets[EXECUTABLE] ?? {}, {
        custom: { version: '1.1.0', platform: 'linux-x64' },
      }),
    /commander-agent", which is no release/,
  ],
  [
    'an executable in the place of another version',
    ({ targets: { targets } }) =>
      Object.assign(targets, { '9.9.9/linux-x64/commander-agent': targets[EXECUTABLE] }),
    /has "9\.9\.9\/linux-x64\/commander-agent"/,
  ],
  [
    'an executable without the hash that is compared',
    ({ targets: { targets } }) =>
      Object.assign(targets[EXECUTABLE] ?? {}, { hashes: { sha512: 'a'.repeat(128) } }),
    /commander-agent", which is no release/,
  ],
  [
    'a map of blocks of nothing',
    ({ targets }) => (targets.targets = { [BLOCKS]: targets.targets[BLOCKS] ?? { hashes: {} } }),
    /has "1\.1\.0\/linux-x64\/blocks\.json"/,
  ],
  [
    'a map of blocks in the place of an executable',
    ({ targets: { targets } }) => Object.assign(targets, { [EXECUTABLE]: targets[BLOCKS] }),
    /has "1\.1\.0\/linux-x64\/commander-agent"/,
  ],
])('%s is not signed', (_what, tamper, message) => {
  tamper(hostile);
  expect(() => review()).toThrow(expect.objectContaining({ code: 'RELEASE_UNTRUSTED' }));
  expect(() => review()).toThrow(message);
});

/** Reads what the tampering left, as it would be read from a file. */
function review(): ReviewedPart[] {
  return reviewDraft(readDraft(JSON.parse(JSON.stringify(draft)) as ReleaseDraft));
}

function signedOf(part: object | undefined): unknown {
  return (part as { signed: unknown } | undefined)?.signed;
}
