import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { endServices, withServices } from '../../../../src/agent/compose/endings.ts';
import { servicesDirOf } from '../../../../src/agent/compose/services.ts';
import { newRecord } from '../../../../src/agent/services/kept-record.ts';
import { serviceFolder } from '../../../../src/agent/services/service-folder.ts';
import { ServiceRun } from '../../../../src/agent/services/service-run.ts';
import { systemClock } from '../../../../src/lib/clock.ts';
import { silentLogger } from '../../../../src/lib/log.ts';
import { currentPlatform } from '../../../../src/platform/select.ts';
import type { ServiceAnswer } from '../../../../src/platform/service/service-manager.ts';
import { openAgentStore } from '../../../../src/store/agent/open-agent-store.ts';
import { useCleanup } from '../../../support/cleanup.ts';
import { isAlive } from '../../../support/fixture-program.ts';
import { describeOnPosix } from '../../../support/on-posix.ts';
import { sampleService } from '../../../support/sample-service.ts';
import { makeTempDir } from '../../../support/temp-dir.ts';
import { waitFor } from '../../../support/wait-for.ts';

const onEnd = useCleanup();
const host = { platform: currentPlatform(), clock: systemClock };

/** The state of an agent that ran, kept these services, and has ended. */
function makeState(stopGraceSeconds: Record<string, number>): string {
  const stateDir = makeTempDir(onEnd);
  const store = openAgentStore(stateDir, { clock: systemClock, log: silentLogger });
  for (const [name, seconds] of Object.entries(stopGraceSeconds)) {
    const spec = sampleService({ name, stopGraceSeconds: seconds });
    store.services.save({ ...newRecord(name, 0), spec });
  }
  store.close();
  return stateDir;
}

interface LeftRun {
  readonly pid: number;
  readonly runsDir: string;
  readonly output: () => string;
}

/** Has a program of node run as an agent leaves a service running. */
async function leaveRunning(stateDir: string, name: string, script: string): Promise<LeftRun> {
  const { dir, runsDir, logPath } = serviceFolder(servicesDirOf({ stateDir }), name);
  mkdirSync(dir, { recursive: true });
  const run = new ServiceRun(join(runsDir, 'one'), { ...host, log: silentLogger, livenessMs: 60_000 });
  onEnd(async () => await run.stop(0));
  const program = { command: process.execPath, args: ['-e', script], env: process.env, isDirect: false };
  await run.start({ ...program, cwd: dir, logPath, log: { maxBytes: 1_000_000, files: 1 } });
  const output = (): string => (existsSync(logPath) ? readFileSync(logPath, 'utf8') : '');
  await waitFor(() => output().includes('up'), { what: `"${name}" to be up` });
  return { pid: run.pid ?? 0, runsDir, output };
}

const ENDS_IN_ITS_OWN_WAY = `
  process.on('SIGTERM', () => setTimeout(() => { console.log('saved'); process.exit(); }, 100));
  setInterval(() => 0, 1000);
  console.log('up');`;
const DOES_NOT_END = `
  process.on('SIGTERM', () => console.log('no'));
  setInterval(() => 0, 1000);
  console.log('up');`;

describeOnPosix('services that an agent has left running', () => {
  test('end in the time that each may take, and leave no trace of a failure', async () => {
    const stateDir = makeState({ patient: 30, hasty: 0 });
    const patient = await leaveRunning(stateDir, 'patient', ENDS_IN_ITS_OWN_WAY);
    const hasty = await leaveRunning(stateDir, 'hasty', DOES_NOT_END);
    expect(await endServices(stateDir, host)).toBe(true);
    expect([isAlive(patient.pid), isAlive(hasty.pid)]).toEqual([false, false]);
    expect(patient.output()).toBe('up\nsaved\n');
    expect([existsSync(join(patient.runsDir, 'one')), existsSync(join(hasty.runsDir, 'one'))]).toEqual([
      false,
      false,
    ]);
    expect(await endServices(stateDir, host)).toBe(false);
  });

  test('end also when its memory is damaged', async () => {
    const stateDir = makeState({});
    const service = await leaveRunning(stateDir, 'web', ENDS_IN_ITS_OWN_WAY);
    writeFileSync(join(stateDir, 'state.db'), 'no database');
    expect(await endServices(stateDir, host)).toBe(true);
    expect([isAlive(service.pid), service.output()]).toEqual([false, 'up\nsaved\n']);
  });
});

test('where no agent has ever run there is nothing to end', async () => {
  expect(await endServices(join(makeTempDir(onEnd), 'none'), host)).toBe(false);
});

describe('a manager that ends services as well', () => {
  const ADVICE = { kind: 'unsupported', advice: 'Use cron' } as const;

  test.each<[ServiceAnswer, boolean, ServiceAnswer]>([
    [{ kind: 'done', changed: false }, false, { kind: 'done', changed: false }],
    [{ kind: 'done', changed: false }, true, { kind: 'done', changed: true }],
    [{ kind: 'done', changed: true }, false, { kind: 'done', changed: true }],
    [ADVICE, true, ADVICE],
  ])('that answers %j, with services to end: %s, answers %j', async (answer, ended, expected) => {
    const order: string[] = [];
    const manages = (what: string) => (): Promise<ServiceAnswer> => {
      order.push(what);
      return Promise.resolve(answer);
    };
    const end = (): Promise<boolean> => {
      order.push('services');
      return Promise.resolve(ended);
    };
    const manager = withServices({ stop: manages('stop'), uninstall: manages('uninstall') }, end);
    expect([await manager.stop(), await manager.uninstall()]).toEqual([expected, expected]);
    expect(order).toEqual(['stop', 'services', 'uninstall', 'services']);
  });

  test('leaves them alone when its agent goes on', async () => {
    const failing = (): Promise<never> => Promise.reject(new Error('It would not stop'));
    const end = (): Promise<never> => Promise.reject(new Error('Services go on'));
    await expect(withServices({ stop: failing, uninstall: failing }, end).stop()).rejects.toThrow(
      'It would not stop',
    );
  });
});
