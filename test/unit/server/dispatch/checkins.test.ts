import { beforeEach, describe, expect, test } from '@jest/globals';
import { Checkins, type LiveCheckin } from '../../../../src/server/dispatch/checkins.ts';

describe('Checkins', () => {
  let said: string[];
  let checkins: Checkins;

  beforeEach(() => {
    said = [];
    checkins = new Checkins();
  });

  const checkin = (name: string): LiveCheckin => ({
    wake: () => said.push(`${name} woken`),
    cancel: (jobIDs) => said.push(`${name} cancels ${jobIDs.join()}`),
    follow: ({ service }) => said.push(`${name} follows ${service}`),
    refuse: (reason) => said.push(`${name} refused: ${reason}`),
  });

  test('reach the agent that is meant, and nobody when it is away', () => {
    checkins.add('a', checkin('A'));
    checkins.add('b', checkin('B'));
    checkins.wake('a');
    checkins.cancel('b', ['1', '2']);
    checkins.refuse('b', 'why');
    checkins.wake('c');
    expect(said).toEqual(['A woken', 'B cancels 1,2', 'B refused: why']);
  });

  test('say whether there was anybody to be told to follow a log', () => {
    const request = { kind: 'follow', followID: '1', service: 'web', on: true } as const;
    checkins.add('a', checkin('A'));
    expect([checkins.follow('a', request), checkins.follow('b', request)]).toEqual([true, false]);
    expect(said).toEqual(['A follows web']);
  });

  test('replace an older connection of the same agent', () => {
    checkins.add('a', checkin('old'));
    checkins.add('a', checkin('new'));
    checkins.wake('a');
    expect(said).toEqual(['old refused: replaced by a newer connection of this agent', 'new woken']);
    expect(checkins.count).toBe(1);
  });

  test('do not lose a new connection when the one before it ends', () => {
    const [old, latest] = [checkin('old'), checkin('new')];
    checkins.add('a', old);
    checkins.add('a', latest);
    checkins.remove('a', old);
    expect(checkins.isConnected('a')).toBe(true);
    checkins.remove('a', latest);
    expect(checkins.isConnected('a')).toBe(false);
  });
});
