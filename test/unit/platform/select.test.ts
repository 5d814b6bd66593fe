import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import {
  currentJoinPolicy,
  currentPlatform,
  currentServiceManager,
  currentSupervisor,
  workAsService,
  type ServiceLink,
} from '../../../src/platform/select.ts';
import { useCleanup } from '../../support/cleanup.ts';
import { listenForNotices } from '../../support/notice-listener.ts';
import { testOnPosix } from '../../support/on-posix.ts';
import { makeTempDir } from '../../support/temp-dir.ts';

const onEnd = useCleanup();
const SELF = { executablePath: '/opt/agent', leadingArgs: ['main.ts'], argv: [], packed: false };

test('the platform is that of this process', () => {
  expect(currentPlatform().os).toBe(process.platform);
});

test('what the environment says counts', () => {
  const folder = process.platform === 'win32' ? 'C:\\here' : '/here';
  const environment = { XDG_STATE_HOME: folder, LOCALAPPDATA: folder, ProgramData: folder };
  const isFixed = process.platform === 'darwin' || process.getuid?.() === 0;
  expect(currentPlatform(environment).defaultStateDir().startsWith(folder)).toBe(!isFixed);
});

test('the service manager is that of this system, or there is advice how to do without', async () => {
  const manager = await currentServiceManager(SELF);
  expect(await manager.status()).toMatchObject(expectedStatus());
});

const testOnLinux = process.platform === 'linux' ? test : test.skip;

function startedBySystemd(): { environment: NodeJS.ProcessEnv; nextNotice: () => string | undefined } {
  const path = join(makeTempDir(onEnd), 'notify');
  return { environment: { NOTIFY_SOCKET: path }, nextNotice: listenForNotices(path, onEnd) };
}

function expectedStatus(): object {
  if (process.platform === 'win32') return { manager: 'windows' };
  if (process.platform === 'darwin') return { manager: 'launchd' };
  if (existsSync('/run/systemd/system')) return { manager: 'systemd' }; // sd_booted(3)
  return {
    kind: 'unsupported',
    advice: expect.stringContaining('"/opt/agent main.ts run"'),
  };
}

describe('who started this process', () => {
  test('is told nothing without having asked', async () => {
    expect(await currentSupervisor({})).toBeUndefined();
    expect(await currentSupervisor({ NOTIFY_SOCKET: '' })).toBeUndefined();
  });

  testOnLinux('hears how it goes, when that is systemd', async () => {
    const { environment, nextNotice } = startedBySystemd();
    const supervisor = await currentSupervisor(environment);
    supervisor?.tell('running');
    expect(nextNotice()).toBe('READY=1\nSTATUS=Running');
  });
});

describe('a service', () => {
  const places = {
    self: SELF,
    environment: {},
    makeNativeDir: (): never => {
      throw new Error('Only Windows needs native code');
    },
  };

  testOnPosix('is the process itself where any can be one; signals end it', async () => {
    const links: ServiceLink[] = [];
    const work = (link: ServiceLink): Promise<number> => {
      links.push(link);
      return Promise.resolve(7);
    };
    expect(await workAsService(work, places)).toBe(7);
    expect(links).toEqual([{ supervisor: undefined }]);
  });

  testOnLinux('tells systemd how it goes', async () => {
    const { environment, nextNotice } = startedBySystemd();
    const work = ({ supervisor }: ServiceLink): Promise<number> => {
      supervisor?.tell('running');
      return Promise.resolve(0);
    };
    await workAsService(work, { ...places, environment });
    expect(nextNotice()).toBe('READY=1\nSTATUS=Running');
  });

  testOnPosix('that fails has failed', async () => {
    const failing = (): Promise<never> => Promise.reject(new Error('disk full'));
    await expect(workAsService(failing, places)).rejects.toThrow('disk full');
  });
});

testOnPosix('there is a policy for joining on Windows only', async () => {
  expect(await currentJoinPolicy()).toBeUndefined();
});
