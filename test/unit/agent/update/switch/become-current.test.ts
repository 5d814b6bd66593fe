import { spawnSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { beforeEach, expect } from '@jest/globals';
import { isStopping } from '../../../../../src/agent/update/switch/signs.ts';
import { saveSwitch } from '../../../../../src/agent/update/switch/switch-file.ts';
import { initialState, switched } from '../../../../../src/agent/update/switch/switch-state.ts';
import { executablePathOf } from '../../../../../src/agent/update/switch/versions-folder.ts';
import { useCleanup } from '../../../../support/cleanup.ts';
import { testOnPosix } from '../../../../support/on-posix.ts';
import { makeTempDir } from '../../../../support/temp-dir.ts';

const onEnd = useCleanup();
const PID = 42;
let stateDir: string;

beforeEach(() => {
  stateDir = makeTempDir(onEnd);
  saveSwitch(stateDir, switched(initialState('1.0.0'), { version: '1.1.0', jobID: 'job-1', at: 1 }));
  const path = executablePathOf(stateDir, '1.1.0', { os: 'linux' });
  mkdirSync(dirname(path));
  writeFileSync(path, '');
});

/** A process to which somebody sends `signal` when the guard has been started; what it says is whether it became another program. */
function handOver({ signal }: { signal?: 'SIGTERM' | 'SIGHUP' } = {}): {
  said: string;
  exitCode: number | null;
} {
  const { stdout, status } = spawnSync(process.execPath, [
    ...['--no-warnings', '--input-type=module', '-e', SCRIPT],
    ...[stateDir, String(PID), signal ?? ''],
  ]);
  return { said: stdout.toString(), exitCode: status };
}

function sourceOf(path: string): string {
  return JSON.stringify(pathToFileURL(join(process.cwd(), 'src', path)).href);
}

const SCRIPT = `
import { stat } from 'node:fs/promises';
import { becomeCurrent } from ${sourceOf('agent/update/switch/become-current.ts')};
import { Stopped } from ${sourceOf('lib/stopped.ts')};
const [, stateDir, pid, signal] = process.argv;
const stop = new AbortController();
process.on('SIGTERM', () => stop.abort(new Stopped('shutdown')));
process.on('SIGHUP', () => stop.abort(new Stopped('update')));
process.exitCode = await becomeCurrent({
  ...{ stateDir, own: '1.0.0', mark: undefined, startsAnew: false, os: 'linux', pid: Number(pid), now: Date.now },
  ...{ environment: {}, stops: [new AbortController().signal, stop.signal] },
  self: { executablePath: '/usr/bin/commander-agent', leadingArgs: [], argv: ['run'], packed: true },
  watch: async () => {
    await stat(stateDir); // in the turn of the event loop that begins with its answer no signal is heard any more
    if (signal !== '') process.kill(process.pid, signal);
  },
  become: async (image, onPid) => {
    await onPid(Number(pid));
    console.log('became it');
    return 7;
  },
});`;

testOnPosix('a process becomes the current version', () => {
  expect(handOver()).toEqual({ said: 'became it\n', exitCode: 7 });
});

testOnPosix('a stop that comes meanwhile ends it instead, and the guard is told', () => {
  expect(handOver({ signal: 'SIGTERM' })).toEqual({ said: '', exitCode: 0 });
  expect(isStopping(stateDir, PID)).toBe(true);
});

testOnPosix('to make room is no reason not to', () => {
  expect(handOver({ signal: 'SIGHUP' })).toEqual({ said: 'became it\n', exitCode: 7 });
});
