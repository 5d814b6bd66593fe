import { describe, expect, test } from '@jest/globals';
import { stopReasonOf } from '../../../../src/lib/stopped.ts';
import { runWindowsService, type ServiceWork } from '../../../../src/platform/service/windows-service.ts';
import { CONTROL, STATE } from '../../../../src/platform/service/windows-service-api.ts';
import { ScriptedServiceManager } from '../../../support/scripted-service-manager.ts';
import { waitFor } from '../../../support/wait-for.ts';

/** As an agent: runs at once, and ends when it is asked to. */
const untilStopped: ServiceWork = async ({ supervisor, stop }) => {
  supervisor.tell('running');
  await new Promise((resolve) => stop.addEventListener('abort', resolve, { once: true }));
  return 0;
};

async function running(manager: ScriptedServiceManager): Promise<void> {
  await waitFor(() => manager.states.includes(STATE.running), { what: 'the service to run' });
}

test('from start to stop the service manager knows how it stands', async () => {
  const manager = new ScriptedServiceManager();
  const ended = runWindowsService(untilStopped, manager);
  await running(manager);
  manager.control(CONTROL.stop);
  await ended;
  const common = { serviceType: 0x10, exitCode: 0, serviceExitCode: 0 };
  const pending = { ...common, controlsAccepted: 0, checkPoint: 1, waitHintMs: 10_000 };
  const settled = { ...common, checkPoint: 0, waitHintMs: 0 };
  expect(manager.statuses).toEqual([
    { ...pending, currentState: STATE.startPending },
    { ...settled, currentState: STATE.running, controlsAccepted: 0x105 },
    { ...pending, currentState: STATE.stopPending },
    { ...settled, currentState: STATE.stopped, controlsAccepted: 0 },
  ]);
});

test.each(['stop', 'shutdown', 'preshutdown'] as const)('%s asks the agent to stop', async (control) => {
  const manager = new ScriptedServiceManager();
  let reason: string | undefined;
  const ended = runWindowsService(async (link) => {
    await untilStopped(link);
    reason = stopReasonOf(link.stop);
    return 0;
  }, manager);
  await running(manager);
  expect(manager.control(CONTROL[control])).toBe(0);
  await ended;
  expect(reason).toBe('shutdown');
});

test('while jobs may end, checkpoints say that it goes on', async () => {
  const manager = new ScriptedServiceManager();
  const drained = Promise.withResolvers<undefined>();
  const ended = runWindowsService(
    async (link) => {
      await untilStopped(link);
      await drained.promise;
      return 0;
    },
    manager,
    { checkpointEveryMs: 5 },
  );
  await running(manager);
  manager.control(CONTROL.stop);
  manager.control(CONTROL.shutdown); // asked twice, it is the same stop
  await waitFor(() => manager.statuses.length >= 6, { what: 'checkpoints' });
  const pending = manager.statuses.filter(({ currentState }) => currentState === STATE.stopPending);
  expect(pending.map(({ checkPoint }) => checkPoint)).toEqual(pending.map((_, i) => i + 1));
  drained.resolve(undefined);
  await ended;
  expect(manager.states.at(-1)).toBe(STATE.stopped);
});

test('what it does not know it says it does not', async () => {
  const manager = new ScriptedServiceManager();
  const ended = runWindowsService(untilStopped, manager);
  await running(manager);
  expect([manager.control(CONTROL.interrogate), manager.control(3)]).toEqual([0, 120]);
  manager.control(CONTROL.stop);
  await ended;
});

describe('a failure', () => {
  test('is also an exit code that says so', async () => {
    const manager = new ScriptedServiceManager();
    expect(await runWindowsService(() => Promise.resolve(3), manager)).toBe(3);
    expect(manager.statuses.at(-1)).toMatchObject({
      currentState: STATE.stopped,
      exitCode: 1066,
      serviceExitCode: 3,
    });
  });

  test('is told to Windows, whose recovery begins with it, and to the caller', async () => {
    const manager = new ScriptedServiceManager();
    const failing = runWindowsService(() => Promise.reject(new Error('disk full')), manager);
    await expect(failing).rejects.toThrow('disk full');
    expect(manager.statuses.at(-1)).toMatchObject({
      currentState: STATE.stopped,
      exitCode: 1066,
      serviceExitCode: 1,
    });
  });
});

test('a process that Windows did not start as a service says what to do', async () => {
  const manager = new ScriptedServiceManager({ startedUs: false });
  await expect(runWindowsService(untilStopped, manager)).rejects.toMatchObject({
    code: 'USAGE',
    message: expect.stringContaining('"commander-agent service start"') as unknown,
  });
  expect(manager.statuses).toEqual([]);
});
