import type { EndpointActions, SettingFlags, UpdateOrder } from '../../../protocol/endpoint.ts';
import { printResult, type Console } from '../../console.ts';
import { settingsOf } from '../setting-options.ts';

export interface UpdateOrderDeps {
  console: Console;
  actions: Pick<EndpointActions, 'orderUpdate'>;
}

/** Passes an order on and says what comes of it: `done`, or the same later, when no agent runs. */
export async function order(
  { console, actions }: UpdateOrderDeps,
  wanted: UpdateOrder,
  { options, done }: { options: SettingFlags; done: string },
): Promise<void> {
  const answer = await actions.orderUpdate(settingsOf(options), wanted);
  printResult(console, answer, answer.isTaken ? `${done}.` : `${done}, as soon as the agent runs.`);
}
