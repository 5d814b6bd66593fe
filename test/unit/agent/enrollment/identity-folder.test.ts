import {
  chmodSync,
  cpSync,
  mkdirSync,
  readFileSync,
  readdirSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { IdentityFolder } from '../../../../src/agent/enrollment/identity-folder.ts';
import { currentPlatform } from '../../../../src/platform/select.ts';
import { useCleanup } from '../../../support/cleanup.ts';
import { testOnPosix } from '../../../support/on-posix.ts';
import { makeTempDir } from '../../../support/temp-dir.ts';

const onEnd = useCleanup();

const identity = {
  agentID: 'agent-1',
  serverUrl: 'https://x:1',
  issuer: 'server',
  enrolledAt: '2026-11-23T08:00:00.000Z',
} as const;
const first = { key: 'key 1', cert: 'cert 1', roots: 'roots 1' };
const second = { key: 'key 2', cert: 'cert 2', roots: 'roots 2' };

/** The folder as a machine sees it whose ID is the one given. */
function folderOn(
  stateDir: string,
  machine: { id: string | undefined } = { id: 'machine-1' },
): IdentityFolder {
  const platform = { ...currentPlatform(), machineID: () => machine.id };
  return new IdentityFolder({ stateDir, platform });
}

function newFolder(): { folder: IdentityFolder; stateDir: string; dir: string } {
  const stateDir = join(makeTempDir(onEnd), 'state');
  return { folder: folderOn(stateDir), stateDir, dir: join(stateDir, 'identity') };
}

function enrolled(): ReturnType<typeof newFolder> {
  const made = newFolder();
  made.folder.replace(identity, first);
  return made;
}

test('an endpoint that has not enrolled has no identity, and asking for one leaves nothing behind', () => {
  const { folder, stateDir } = newFolder();
  expect([folder.load(), folder.enrolledWith()]).toEqual([undefined, undefined]);
  folder.requireWritable();
  expect(() => statSync(stateDir)).toThrow('ENOENT');
});

test('the root of releases is kept with the identity, through renewals, and goes with it', () => {
  const { folder, stateDir } = newFolder();
  folder.replace({ ...identity, releasesRoot: 'root' }, first);
  folder.addCandidate(second);
  folder.promoteCandidate();
  expect(folderOn(stateDir).load()?.releasesRoot).toBe('root');
  folder.replace(identity, first);
  expect(folderOn(stateDir).load()).not.toHaveProperty('releasesRoot');
});

test('an identity that was kept is there for the next process', () => {
  const { stateDir } = enrolled();
  expect(folderOn(stateDir).load()).toEqual({ ...identity, credentials: first });
  expect(folderOn(stateDir).enrolledWith()).toBe('https://x:1');
});

test('another identity takes its place, and its key is gone', () => {
  const { folder, dir } = enrolled();
  folder.replace({ ...identity, agentID: 'agent-2' }, second);
  expect(folder.load()).toEqual({ ...identity, agentID: 'agent-2', credentials: second });
  expect(readdirSync(dir)).toHaveLength(2);
});

describe('a renewed pair', () => {
  test('lies beside the old one until it has connected', () => {
    const { folder, stateDir } = enrolled();
    folder.addCandidate(second);
    expect(folderOn(stateDir).load()).toEqual({ ...identity, credentials: first, candidate: second });
  });

  test('takes its place then', () => {
    const { folder, dir } = enrolled();
    folder.addCandidate(second);
    folder.promoteCandidate();
    expect(folder.load()).toEqual({ ...identity, credentials: second });
    expect(readdirSync(dir)).toHaveLength(2);
  });

  test('goes when it is no good', () => {
    const { folder, dir } = enrolled();
    folder.addCandidate(second);
    folder.dropCandidate();
    expect(folder.load()).toEqual({ ...identity, credentials: first });
    expect(readdirSync(dir)).toHaveLength(2);
  });

  test('is replaced by a later one', () => {
    const { folder, dir } = enrolled();
    const third = { key: 'key 3', cert: 'cert 3', roots: 'roots 3' };
    folder.addCandidate(second);
    folder.addCandidate(third);
    expect(folder.load()).toEqual({ ...identity, credentials: first, candidate: third });
    expect(readdirSync(dir)).toHaveLength(3);
  });
});

describe('an enrolment that was interrupted', () => {
  test('before the first identity was whole leaves none', () => {
    const { folder, dir } = newFolder();
    mkdirSync(join(dir, 'pair-half'), { recursive: true });
    writeFileSync(join(dir, 'pair-half', 'key.pem'), 'half');
    expect(folder.load()).toBeUndefined();
  });

  test('leaves the old identity as it was, and the next one clears up', () => {
    const { folder, dir } = enrolled();
    mkdirSync(join(dir, 'pair-half'));
    writeFileSync(join(dir, 'pair-half', 'key.pem'), 'half');
    expect(folder.load()).toEqual({ ...identity, credentials: first });
    folder.replace(identity, second);
    expect(readdirSync(dir)).not.toContain('pair-half');
  });
});

describe('a copy of the disk', () => {
  test('is told apart, and told what to do', () => {
    const { stateDir } = enrolled();
    const copy = join(makeTempDir(onEnd), 'copy');
    cpSync(stateDir, copy, { recursive: true });
    expect(() => folderOn(copy, { id: 'machine-2' }).load()).toThrow(
      expect.objectContaining({
        code: 'IDENTITY_CLONED',
        message: expect.stringContaining('an identity of its own with "commander-agent enroll --force"'),
      }),
    );
    expect(folderOn(stateDir).load()).toMatchObject({ agentID: 'agent-1' });
  });

  test('can get an identity of its own', () => {
    const { stateDir } = enrolled();
    const copy = folderOn(stateDir, { id: 'machine-2' });
    copy.replace({ ...identity, agentID: 'agent-2' }, second);
    expect(copy.load()).toMatchObject({ agentID: 'agent-2' });
  });

  test.each([
    ['now', 'machine-1', undefined],
    ['when it enrolled', undefined, 'machine-1'],
  ])('is not suspected where the machine was unknown %s', (_, then, now) => {
    const { stateDir } = newFolder();
    folderOn(stateDir, { id: then }).replace(identity, first);
    expect(folderOn(stateDir, { id: now }).load()).toMatchObject({ agentID: 'agent-1' });
  });

  test("cannot be recognised by others: the machine's ID is not in the file", () => {
    const { dir } = enrolled();
    expect(readFileSync(join(dir, 'identity.json'), 'utf8')).not.toContain('machine-1');
  });
});

describe('a damaged folder', () => {
  test('says which pair is missing', () => {
    const { folder, dir } = enrolled();
    const [pair = ''] = readdirSync(dir).filter((name) => name.startsWith('pair-'));
    rmSync(join(dir, pair, 'cert.pem'));
    expect(() => folder.load()).toThrow(expect.objectContaining({ code: 'STATE_CORRUPT' }));
  });

  test('can be enrolled anew', () => {
    const { folder, dir } = enrolled();
    writeFileSync(join(dir, 'identity.json'), 'garbage');
    expect(() => folder.load()).toThrow(expect.objectContaining({ code: 'STATE_CORRUPT' }));
    folder.replace(identity, second);
    expect(folder.load()).toEqual({ ...identity, credentials: second });
  });
});

test('a file in the place of the folder is said before anything is asked of a server', () => {
  const stateDir = join(makeTempDir(onEnd), 'file');
  writeFileSync(stateDir, '');
  expect(() => folderOn(stateDir).requireWritable()).toThrow(
    expect.objectContaining({ code: 'STATE_UNWRITABLE' }),
  );
});

testOnPosix('a folder of somebody else is said before anything is asked of a server', () => {
  const parent = makeTempDir(onEnd);
  chmodSync(parent, 0o500);
  onEnd(() => chmodSync(parent, 0o700));
  const check = (): void => folderOn(join(parent, 'state')).requireWritable();
  if (process.getuid?.() === 0) expect(check).not.toThrow();
  else expect(check).toThrow(expect.objectContaining({ code: 'STATE_UNWRITABLE' }));
});

testOnPosix('nobody else can read a key', () => {
  const { dir, stateDir } = enrolled();
  const [pair = ''] = readdirSync(dir).filter((name) => name.startsWith('pair-'));
  const modes = [stateDir, dir, join(dir, pair), join(dir, pair, 'key.pem'), join(dir, 'identity.json')];
  expect(modes.map((path) => (statSync(path).mode & 0o777).toString(8))).toEqual([
    '700',
    '700',
    '700',
    '600',
    '600',
  ]);
});
