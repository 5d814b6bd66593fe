import { expect, test } from '@jest/globals';
import type { Koffi, KoffiFunction } from '../../../../src/platform/service/koffi.ts';
import { bindServiceApi, type ServiceStatus } from '../../../../src/platform/service/windows-service-api.ts';

/** What C gets of a function of ours. */
interface Registered {
  readonly type: string;
  readonly callback: (...args: unknown[]) => unknown;
}

/** Keeps what is declared and called; C's side is played by the test. */
class ScriptedKoffi implements Koffi {
  readonly structs: Record<string, Readonly<Record<string, unknown>>> = {};
  readonly registered: Registered[] = [];
  readonly calls: unknown[][] = [];
  finish: ((error: Error | null, result: unknown) => void) | undefined;

  struct(name: string, members: Readonly<Record<string, unknown>>): string {
    this.structs[name] = members;
    return name;
  }

  proto(declaration: string): string {
    return nameIn(declaration);
  }

  pointer(type: unknown): string {
    return `${String(type)} *`;
  }

  register(callback: (...args: never[]) => unknown, type: unknown): Registered {
    const one = { type: String(type), callback: callback as Registered['callback'] };
    this.registered.push(one);
    return one;
  }

  load(library: string): { func: (declaration: string) => KoffiFunction } {
    return { func: (declaration) => this.#functionOf(library, declaration) };
  }

  #functionOf(library: string, declaration: string): KoffiFunction {
    const name = `${library} ${nameIn(declaration)}`;
    const call = (...args: unknown[]): unknown => {
      this.calls.push([name, ...args]);
      return 'handle';
    };
    const startCall: KoffiFunction['async'] = (...args) => {
      this.finish = args.pop() as typeof this.finish;
      this.calls.push([name, ...(args as unknown[])]);
    };
    return Object.assign(call, { async: startCall });
  }
}

function nameIn(declaration: string): string {
  return /(\w+)\(/.exec(declaration)?.[1] ?? '';
}

const STATUS: ServiceStatus = {
  ...{ serviceType: 1, currentState: 2, controlsAccepted: 3, exitCode: 4 },
  ...{ serviceExitCode: 5, checkPoint: 6, waitHintMs: 7 },
};

test('a status is seven numbers of 32 bits, in the order of winsvc.h', () => {
  const koffi = new ScriptedKoffi();
  bindServiceApi(koffi, 'Name');
  const members = Object.entries(koffi.structs['SERVICE_STATUS'] ?? {});
  expect(members).toEqual(Object.keys(STATUS).map((member) => [member, 'uint32_t']));
});

test('the table has one service and an end; what Windows then calls reaches the handlers', () => {
  const koffi = new ScriptedKoffi();
  const api = bindServiceApi(koffi, 'Name');
  const heard: unknown[] = [];
  const handlers = {
    onMain: () => void heard.push('main'),
    onControl: (control: number) => {
      heard.push(control);
      return 100;
    },
  };
  api.dispatch(handlers, () => undefined);
  const [control, main] = koffi.registered;
  main?.callback(0, null);
  expect(control?.callback(1, 0, null, null)).toBe(100);
  api.setStatus(STATUS);

  const endOfTable = { name: null, main: null };
  expect(koffi.calls).toEqual([
    ['advapi32.dll StartServiceCtrlDispatcherW', [{ name: 'Name', main }, endOfTable]],
    ['advapi32.dll RegisterServiceCtrlHandlerExW', 'Name', control, null],
    ['advapi32.dll SetServiceStatus', 'handle', STATUS],
  ]);
  expect([control?.type, main?.type]).toEqual(['HandlerEx *', 'ServiceMain *']);
  expect(heard).toEqual(['main', 1]);
});

test.each([
  [null, 1, true],
  [null, 0, false],
  [new Error('no'), undefined, false],
])('a dispatcher that ends with %p and %p was one of a service: %p', (error, result, wasService) => {
  const koffi = new ScriptedKoffi();
  const heard: boolean[] = [];
  bindServiceApi(koffi, 'Name').dispatch({ onMain: () => undefined, onControl: () => 0 }, (was) =>
    heard.push(was),
  );
  koffi.finish?.(error, result);
  expect(heard).toEqual([wasService]);
});
