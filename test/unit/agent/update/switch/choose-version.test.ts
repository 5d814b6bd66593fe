import { describe, expect, test } from '@jest/globals';
import { chooseVersion, type LaunchChoice } from '../../../../../src/agent/update/switch/choose-version.ts';
import {
  initialState,
  proven,
  switched,
  type SwitchState,
} from '../../../../../src/agent/update/switch/switch-state.ts';

const NOW = Date.parse('2026-11-23T12:00:00Z');
const installed = initialState('1.0.0');
const trying = switched(installed, { version: '1.1.0', jobID: 'job-1', at: NOW });

interface Facts {
  own?: string;
  there?: readonly string[];
  stoppedAt?: number;
}

function choose(
  state: SwitchState | undefined,
  { own = '1.0.0', there = ['1.1.0'], stoppedAt }: Facts = {},
): LaunchChoice {
  const obstacleTo = (version: string) =>
    there.includes(version) ? undefined : 'Its executable is not there';
  return chooseVersion(state, { own, obstacleTo, stoppedAt, now: NOW });
}

test('before any update the installed executable runs', () => {
  expect(choose(undefined)).toEqual({ version: '1.0.0', state: installed });
});

test('after an update the current version runs, and nothing is written', () => {
  const state = proven(trying);
  const choice = choose(state);
  expect(choice.version).toBe('1.1.0');
  expect(choice.state).toBe(state);
});

describe('A version on probation', () => {
  test('is counted before it is started', () => {
    const { version, state } = choose(trying);
    expect([version, state.probation?.starts]).toEqual(['1.1.0', 1]);
  });

  test('is given up at the fourth start, whatever killed the others', () => {
    const versions: string[] = [];
    let state: SwitchState = trying;
    for (let start = 0; start < 5; start++) {
      const choice = choose(state);
      versions.push(choice.version);
      state = choice.state;
    }
    expect(versions).toEqual(['1.1.0', '1.1.0', '1.1.0', '1.0.0', '1.0.0']);
    expect(state.bad['1.1.0']).toEqual({
      reason: 'It was started 3 times and never showed that it works',
      at: NOW,
    });
  });

  test('is not given up for having been asked to stop, however often', () => {
    let { state } = choose(trying);
    for (let stop = 1; stop < 10; stop++) ({ state } = choose(state, { stoppedAt: NOW + stop }));
    expect(state).toMatchObject({ current: '1.1.0', probation: { starts: 1 } });
  });

  test('has had a chance each time that it ended by itself, though it was asked to stop once', () => {
    const [versions, stoppedAt]: [string[], number] = [[], NOW + 1];
    let { state } = choose(trying);
    for (let start = 0; start < 4; start++) {
      const choice = choose(state, { stoppedAt });
      versions.push(choice.version);
      state = choice.state;
    }
    expect(versions).toEqual(['1.1.0', '1.1.0', '1.1.0', '1.0.0']);
  });

  test('has all of its chances although a version before it was asked to stop', () => {
    expect(choose(choose(trying).state, { stoppedAt: NOW - 1 }).state.probation?.starts).toBe(2);
  });

  test('may be the installed executable itself, in a roll-back', () => {
    const back = switched(proven(trying), { version: '1.0.0', jobID: 'job-2', at: NOW });
    const { version, state } = choose(back);
    expect([version, state.probation?.starts]).toEqual(['1.0.0', 1]);
  });

  test('whose executable has vanished is given up', () => {
    const { version, state } = choose(trying, { there: [] });
    expect([version, state.probation, state.bad['1.1.0']?.reason]).toEqual([
      '1.0.0',
      undefined,
      'Its executable is not there',
    ]);
  });
});

test('when the current executable has vanished the installed one runs, and may fetch it again', () => {
  const { version, state } = choose(proven(trying), { there: [] });
  expect([version, state]).toEqual(['1.0.0', installed]);
});

test('when a roll-back and what it came from have both vanished the installed one runs', () => {
  const state = switched(
    { ...initialState('1.0.0'), current: '1.2.0' },
    { version: '1.1.0', jobID: 'job-3', at: NOW },
  );
  expect(choose(state, { there: [] }).version).toBe('1.0.0');
});

test.each([
  ['after an update', proven(trying)],
  ['during a probation', trying],
])('an executable that a package has replaced %s runs itself', (_, state) => {
  const choice = choose(state, { own: '1.2.0' });
  expect(choice).toEqual({ version: '1.2.0', state: { base: '1.2.0', current: '1.2.0', bad: {} } });
});
