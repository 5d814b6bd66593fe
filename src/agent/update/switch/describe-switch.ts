import type { EndpointUpdate } from '../../../protocol/endpoint.ts';
import type { SwitchState } from './switch-state.ts';

export type SwitchView = Pick<
  EndpointUpdate,
  'current' | 'previous' | 'base' | 'pinned' | 'probation' | 'bad'
>;

/** For people at this endpoint. */
export function describeSwitch(state: SwitchState): SwitchView {
  const { base, current, previous, pinned, probation, bad } = state;
  return {
    ...{ base, current },
    ...(previous && { previous }),
    ...(pinned && { pinned }),
    ...(probation && { probation: { ...probation, since: new Date(probation.since).toISOString() } }),
    bad: Object.entries(bad).map(([version, { reason, at, retryAt }]) => ({
      ...{ version, reason, at: new Date(at).toISOString() },
      ...(retryAt !== undefined && { retryAt: new Date(retryAt).toISOString() }),
    })),
  };
}
