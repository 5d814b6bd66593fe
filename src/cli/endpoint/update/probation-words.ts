import type { EndpointUpdate } from '../../../protocol/endpoint.ts';
import { relativeTime } from '../../format/time.ts';

/** Which version is on probation, and what becomes of it. */
export function probationWords(
  { version, from, since, starts }: NonNullable<EndpointUpdate['probation']>,
  now: number,
): string {
  const times = starts === 1 ? 'once' : `${starts} times`;
  return `${version}, begun ${relativeTime(since, now)}, started ${times}; else back to ${from}`;
}
