import { PassThrough } from 'node:stream';
import { commanderAgent } from '../../../src/cli/commander-agent.ts';
import type { Console } from '../../../src/cli/console.ts';
import type { BuildContext } from '../product.ts';
import { commandDocs, type CommandDocs } from './command-docs.ts';

/** Man page and completions of `commander-agent`, as its command line is in these very sources. */
export function agentDocs(context: Pick<BuildContext, 'version' | 'epoch'>): CommandDocs {
  const neverRun = (): never => {
    throw new Error('Documentation is made from commands, not by running them');
  };
  const common = { run: neverRun, status: neverRun };
  const service = { ...common, install: neverRun, uninstall: neverRun, start: neverRun, stop: neverRun };
  const units = { schedule: neverRun, services: neverRun, serviceLog: neverRun, restartService: neverRun };
  const updates = { update: neverRun, orderUpdate: neverRun };
  const actions = { ...common, ...units, ...updates, enroll: neverRun, service };
  const buildProgram = commanderAgent({ actions, clock: { now: () => context.epoch * 1000 } });
  return commandDocs(buildProgram(silentConsole()), context);
}

function silentConsole(): Console {
  const stream = new PassThrough();
  return {
    ...{ stdin: stream, stdout: stream, stderr: stream },
    ...{ env: {}, isTTY: false, color: false, columns: 80, json: false },
  };
}
