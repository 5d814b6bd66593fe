import { commanderAgent } from '../../src/cli/commander-agent.ts';
import type { EndpointActions } from '../../src/protocol/endpoint.ts';
import { runCaptured, type CommandRun, type RunOptions } from './run-commander.ts';

/** An agent that refuses whatever a test does not give it an action for. */
export function endpointActions(actions: Partial<EndpointActions> = {}): EndpointActions {
  const missing = (): Promise<never> => Promise.reject(new Error('This test does not do that'));
  const common = { run: missing, status: missing };
  const service = { ...common, install: missing, uninstall: missing, start: missing, stop: missing };
  const serviceLog = (): never => {
    throw new Error('This test does not do that');
  };
  const units = { schedule: missing, services: missing, serviceLog, restartService: missing };
  const updates = { update: missing, orderUpdate: missing };
  return { ...common, ...units, ...updates, enroll: missing, service, ...actions };
}

/** Runs `commander-agent` in this process with actions of the test's own. The time is always the same. */
export async function runCommanderAgent(
  argv: readonly string[],
  actions: Partial<EndpointActions>,
  options: Omit<RunOptions, 'ports'> = {},
): Promise<CommandRun> {
  const clock = { now: () => Date.parse('2026-11-23T08:00:00.000Z') };
  return await runCaptured(commanderAgent({ actions: endpointActions(actions), clock }), argv, options);
}
