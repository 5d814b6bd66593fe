import { expect, test } from '@jest/globals';
import { CredentialKeeper } from '../../../../src/agent/enrollment/credential-keeper.ts';
import type { Credentials } from '../../../../src/agent/identity.ts';

const old: Credentials = { key: 'old', cert: 'old', roots: 'old' };
const renewed: Credentials = { key: 'new', cert: 'new', roots: 'new' };

function keep(candidate?: Credentials): { keeper: CredentialKeeper; calls: string[] } {
  const calls: string[] = [];
  const folder = {
    addCandidate: () => calls.push('add'),
    dropCandidate: () => calls.push('drop'),
    promoteCandidate: () => calls.push('promote'),
  } as unknown as ConstructorParameters<typeof CredentialKeeper>[0];
  return {
    keeper: new CredentialKeeper(folder, { credentials: old, ...(candidate && { candidate }) }),
    calls,
  };
}

test('with one pair there is nothing to choose', () => {
  const { keeper, calls } = keep();
  keeper.failed(old);
  keeper.connected(old);
  expect([keeper.toTry(), keeper.proven(), keeper.newest(), calls]).toEqual([old, old, old, []]);
});

test('a renewed pair is tried, and takes over once it has connected', () => {
  const { keeper, calls } = keep();
  keeper.offer(renewed);
  expect([keeper.toTry(), keeper.proven(), keeper.newest()]).toEqual([renewed, old, renewed]);
  keeper.connected(renewed);
  expect([keeper.toTry(), keeper.proven(), calls]).toEqual([renewed, renewed, ['add', 'promote']]);
});

test('a renewed pair that waited for a restart is tried first', () => {
  expect(keep(renewed).keeper.toTry()).toBe(renewed);
});

test('while neither connects, attempts go back and forth', () => {
  const { keeper } = keep(renewed);
  const tried = Array.from({ length: 4 }, () => {
    const shown = keeper.toTry();
    keeper.failed(shown);
    return shown.key;
  });
  expect(tried).toEqual(['new', 'old', 'new', 'old']);
});

test('a renewed pair that is refused where the old one is not is given up', () => {
  const { keeper, calls } = keep(renewed);
  keeper.failed(renewed);
  keeper.connected(old);
  expect([keeper.toTry(), keeper.newest(), calls]).toEqual([old, old, ['drop']]);
});

test('the old pair connecting says nothing about a renewed one that has not been tried', () => {
  const { keeper, calls } = keep();
  keeper.offer(renewed); // while the old pair was connecting
  keeper.connected(old);
  expect([keeper.toTry(), calls]).toEqual([renewed, ['add']]);
});
