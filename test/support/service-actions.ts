import type { EndpointActions, ServiceActions } from '../../src/protocol/endpoint.ts';
import { endpointActions } from './run-commander-agent.ts';

/** An agent that does as a service what a test gives it an action for, and refuses everything else. */
export function withService(actions: Partial<ServiceActions>): Partial<EndpointActions> {
  return { service: { ...endpointActions().service, ...actions } };
}
