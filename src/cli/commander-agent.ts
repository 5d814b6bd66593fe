import { VERSION } from '../lib/build-info.ts';
import type { Clock } from '../lib/clock.ts';
import type { EndpointActions } from '../protocol/endpoint.ts';
import { group, program } from './command.ts';
import { enroll } from './endpoint/enroll.ts';
import { run } from './endpoint/run.ts';
import { scheduleExplain } from './endpoint/schedule/explain.ts';
import { scheduleList } from './endpoint/schedule/list.ts';
import { service } from './endpoint/service/service.ts';
import { servicesList } from './endpoint/services/list.ts';
import { servicesLogs } from './endpoint/services/logs.ts';
import { servicesRestart } from './endpoint/services/restart.ts';
import { status } from './endpoint/status.ts';
import { updateCheck } from './endpoint/update/check.ts';
import { updatePin } from './endpoint/update/pin.ts';
import { updateRollback } from './endpoint/update/rollback.ts';
import { updateStatus } from './endpoint/update/status.ts';
import { updateUnpin } from './endpoint/update/unpin.ts';
import type { BuildProgram } from './program.ts';
import { version } from './version.ts';

/** What the command line cannot do by itself. */
export interface CommanderAgentPorts {
  actions: EndpointActions;
  clock: Pick<Clock, 'now'>;
}

/** The whole tree of `commander-agent`. */
export function commanderAgent({ actions, clock }: CommanderAgentPorts): BuildProgram {
  return (console) =>
    program('commander-agent', {
      summary: 'Endpoint agent of Commander: waits for jobs from its server and runs them',
      version: VERSION,
      examples: [
        'commander-agent enroll --token TOKEN',
        'commander-agent service install',
        'commander-agent status',
      ],
      commands: [
        enroll(console, actions),
        run(actions),
        status({ console, actions, clock }),
        group('schedule', 'Scheduled tasks of this endpoint', [
          scheduleList({ console, actions, clock }),
          scheduleExplain({ console, actions, clock }),
        ]),
        group('services', 'Services that the server has this endpoint keep', [
          servicesList({ console, actions, clock }),
          servicesLogs({ console, actions }),
          servicesRestart({ console, actions }),
        ]),
        group('update', 'The version of this agent', [
          updateStatus({ console, actions, clock }),
          updateCheck({ console, actions }),
          updateRollback({ console, actions }),
          updatePin({ console, actions }),
          updateUnpin({ console, actions }),
        ]),
        service(console, actions.service),
        version(console, 'commander-agent'),
      ],
    });
}
