import type { Clock } from '../../lib/clock.ts';
import { describeError } from '../../lib/errors.ts';
import type { LogFrame } from '../../protocol/schemas/frames.ts';
import type { ServiceLogs } from '../desired/units.ts';
import { followLog } from './follow-log.ts';
import { serviceFolder } from './service-folder.ts';

const END_OF_LOG = 'That is all so far';
const DEFAULT_TAIL_BYTES = 16 * 1024;

export interface ServiceLogsOptions {
  readonly servicesDir: string;
  readonly clock: Clock;
  readonly isKept: (service: string) => boolean;
}

/** Passes logs on to the server. */
export function createServiceLogs({ servicesDir, clock, isKept }: ServiceLogsOptions): ServiceLogs {
  return {
    follow: async ({ followID, service, tailBytes = DEFAULT_TAIL_BYTES, live = true }, send, signal) => {
      const tell = (frame: Partial<LogFrame>): void => send({ kind: 'log', followID, text: '', ...frame });
      if (!isKept(service)) {
        tell({ end: `There is no service "${service}" on this endpoint` });
        return;
      }
      try {
        const { logPath } = serviceFolder(servicesDir, service);
        tell({}); // there is a log, though it may be a while until there is something in it
        const follows = (): boolean => live && isKept(service);
        for await (const text of followLog(logPath, { tailBytes, follows, clock, signal })) tell({ text });
        if (!signal.aborted) tell({ end: live ? `The service "${service}" was removed` : END_OF_LOG });
      } catch (error) {
        tell({ end: describeError(error) });
      }
    },
  };
}
