import type { EndpointUpdate } from '../../../protocol/endpoint.ts';
import type { SwitchState } from './switch-state.ts';

export type SwitchView = Pick<
  EndpointUpdate,
  'current' | 'previous' | 'base' | 'pinned' | 'probation' | 'bad'
>;

/** For people at this endpoint. */
export function describeSwitch({ bad, probation, ...versions }: SwitchState): SwitchView {
  return {
    ...versions,
    ...(probation && { probation: { ...probation, since: new Date(probation.since).toISOString() } }),
    bad: Object.entries(bad).map(([version, { reason, at }]) => ({
      ...{ version, reason, at: new Date(at).toISOString() },
    })),
  };
}
