import { validateRolloutList } from '../../protocol/generated/admin/rollouts.js';
import type { RolloutRequest, RolloutView } from '../../protocol/schemas/admin/rollouts.ts';
import { PATHS } from '../../protocol/version.ts';
import { ask } from './ask.ts';
import type { Transport } from './transport.ts';

/** Groups on their way to a version, at most one way each. */
export class RolloutsClient {
  readonly #transport: Transport;

  constructor(transport: Transport) {
    this.#transport = transport;
  }

  /** Newest first. */
  async list(filter: { group?: string } = {}): Promise<RolloutView[]> {
    const path = `${PATHS.rollouts}?${new URLSearchParams(filter).toString()}`;
    return (await ask(this.#transport, validateRolloutList, { what: 'list the rollouts', path })).rollouts;
  }

  /** @throws AppError GROUP_NOT_FOUND, AGENT_NOT_FOUND, RELEASE_NOT_FOUND, ROLLOUT_INVALID, ROLLOUT_UNDER_WAY */
  async start(json: RolloutRequest): Promise<void> {
    const what = `start a rollout in group "${json.group}"`;
    await this.#transport.send({ what, method: 'POST', path: PATHS.rollouts, json });
  }

  /** @throws AppError ROLLOUT_NOT_FOUND */
  async steer(group: string, verb: 'pause' | 'resume' | 'abort'): Promise<void> {
    const path = `${PATHS.rollouts}/${encodeURIComponent(group)}/${verb}`;
    await this.#transport.send({
      what: `${verb} the rollout in group "${group}"`,
      method: 'POST',
      path,
      json: {},
    });
  }
}
