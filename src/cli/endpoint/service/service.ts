import type { ServiceActions } from '../../../protocol/endpoint.ts';
import { group, type DocumentedCommand } from '../../command.ts';
import type { Console } from '../../console.ts';
import { installService } from './install.ts';
import { runService } from './run.ts';
import { startService } from './start.ts';
import { serviceStatus } from './status.ts';
import { stopService } from './stop.ts';
import { uninstallService } from './uninstall.ts';

export function service(console: Console, actions: ServiceActions): DocumentedCommand {
  return group('service', 'Have this system run the agent', [
    installService(console, actions),
    uninstallService(console, actions),
    startService(console, actions),
    stopService(console, actions),
    serviceStatus(console, actions),
    runService(actions),
  ]);
}
