import type { Koffi } from './koffi.ts';

/** dwCurrentState of SERVICE_STATUS. */
export const STATE = { stopped: 1, startPending: 2, stopPending: 3, running: 4 } as const;

/** What the service manager may ask of a service, as dwControl. */
export const CONTROL = { stop: 1, interrogate: 4, shutdown: 5, preshutdown: 15 } as const;

/** What HandlerEx answers. */
export const NO_ERROR = 0;
export const ERROR_CALL_NOT_IMPLEMENTED = 120;

/** "Another number says what", for the exit codes of services. */
export const ERROR_SERVICE_SPECIFIC_ERROR = 1066;

/** SERVICE_STATUS of winsvc.h, its members in order. */
export interface ServiceStatus {
  readonly serviceType: number;
  readonly currentState: number;
  readonly controlsAccepted: number;
  readonly exitCode: number;
  readonly serviceExitCode: number;
  readonly checkPoint: number;
  readonly waitHintMs: number;
}

export interface ServiceHandlers {
  /** Called once the service manager knows this process; from then on `setStatus` works. */
  readonly onMain: () => void;
  /** Answers one control with a Windows error number. */
  readonly onControl: (control: number) => number;
}

/** The part of advapi32 that makes a process a service. */
export interface ServiceApi {
  /**
   * Hands a thread over to the service manager and calls `done` when the service has stopped: false when this process was not
   * started by it.
   */
  dispatch(handlers: ServiceHandlers, done: (wasService: boolean) => void): void;
  setStatus(status: ServiceStatus): void;
}

/** Binds it for a service of its own process. Both handlers run on the main thread, whichever thread Windows calls on. */
export function bindServiceApi(koffi: Koffi, name: string): ServiceApi {
  const member = 'uint32_t';
  koffi.struct('SERVICE_STATUS', {
    ...{ serviceType: member, currentState: member, controlsAccepted: member, exitCode: member },
    ...{ serviceExitCode: member, checkPoint: member, waitHintMs: member },
  });
  const Main = koffi.proto('void __stdcall ServiceMain(uint32_t argc, void *argv)');
  const Control = koffi.proto(
    'uint32_t __stdcall HandlerEx(uint32_t control, uint32_t event, void *data, void *context)',
  );
  koffi.struct('SERVICE_TABLE_ENTRYW', { name: 'str16', main: koffi.pointer(Main) });
  const advapi = koffi.load('advapi32.dll');
  const registerHandler = advapi.func(
    'void * __stdcall RegisterServiceCtrlHandlerExW(str16 name, HandlerEx *handler, void *context)',
  );
  const setStatus = advapi.func('int __stdcall SetServiceStatus(void *handle, SERVICE_STATUS *status)');
  const dispatch = advapi.func('int __stdcall StartServiceCtrlDispatcherW(SERVICE_TABLE_ENTRYW *table)');

  let handle: unknown;
  return {
    dispatch: ({ onMain, onControl }, done) => {
      const control = koffi.register(onControl, koffi.pointer(Control));
      const main = koffi.register(() => {
        handle = registerHandler(name, control, null);
        onMain();
      }, koffi.pointer(Main));
      const endOfTable = { name: null, main: null };
      dispatch.async([{ name, main }, endOfTable], (error, result) => done(error === null && result !== 0));
    },
    setStatus: (status) => void setStatus(handle, status),
  };
}
