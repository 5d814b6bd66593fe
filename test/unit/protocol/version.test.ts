import { expect, test } from '@jest/globals';
import {
  MAX_BODY_BYTES,
  PATHS,
  PING_INTERVAL_MS,
  PROTOCOL_HEADER,
  SILENCE_LIMIT_MS,
} from '../../../src/protocol/version.ts';

test('the paths of the original are where its clients look for them', () => {
  expect(Object.values(PATHS)).toEqual(
    expect.arrayContaining([
      ...['/ca/root-trust', '/ca/host-certificate'],
      ...['/agent/register', '/agent/checkin', '/agent/execute', '/agent/history'],
      ...['/admin/login', '/admin/authenticate', '/admin/registration-key'],
      ...['/admin/library', '/admin/jobs', '/admin/history'],
    ]),
  );
});

test('each path under /agent needs a client certificate, so that none of the others may begin so', () => {
  const { register, checkin, execute, archives, agentHistory, updates } = PATHS;
  const ofAgents = [register, checkin, execute, archives, agentHistory, updates];
  expect(Object.values(PATHS).filter((path) => path.startsWith('/agent'))).toEqual(ofAgents);
});

test('one lost ping does not end a check-in, and a dead link is noticed within 75 s', () => {
  expect(SILENCE_LIMIT_MS).toBeGreaterThan(2 * PING_INTERVAL_MS);
  expect(SILENCE_LIMIT_MS).toBeLessThanOrEqual(75_000);
});

test('a body may be as large as the nginx of the original lets it be', () => {
  expect(MAX_BODY_BYTES).toBe(16_777_216);
});

test('the header is of the form in which Node gives headers', () => {
  expect(PROTOCOL_HEADER).toBe(PROTOCOL_HEADER.toLowerCase());
});
