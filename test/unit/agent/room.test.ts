import { expect, test } from '@jest/globals';
import { makingRoom } from '../../../src/agent/room.ts';
import { Stopped, stopReasonOf } from '../../../src/lib/stopped.ts';

test('an agent that makes room stops for an update, and is in no hurry', () => {
  const { stop, stopNow, makeRoom } = makingRoom({ stop: new AbortController().signal });
  makeRoom();
  expect([stopReasonOf(stop), stopReasonOf(stopNow)]).toEqual(['update', undefined]);
});

test('when that is urgent, it does not wait for jobs', () => {
  const { stop, stopNow, makeRoom } = makingRoom({ stop: new AbortController().signal });
  makeRoom({ isUrgent: true });
  expect([stopReasonOf(stop), stopReasonOf(stopNow)]).toEqual(['update', 'update']);
});

test('asked to stop while it makes room, it is in a hurry', () => {
  const asked = new AbortController();
  const { stop, stopNow, makeRoom } = makingRoom({ stop: asked.signal });
  makeRoom();
  asked.abort(new Stopped('shutdown'));
  expect([stopReasonOf(stop), stopReasonOf(stopNow)]).toEqual(['update', 'shutdown']);
});

test('one that is stopping already goes on stopping for the reason that it has', () => {
  const asked = new AbortController();
  const { stop, stopNow, makeRoom } = makingRoom({ stop: asked.signal });
  asked.abort(new Stopped('shutdown'));
  makeRoom();
  expect([stopReasonOf(stop), stopReasonOf(stopNow)]).toEqual(['shutdown', undefined]);
});

test('whoever cannot wait is heard', () => {
  const now = new AbortController();
  const { stopNow } = makingRoom({ stop: new AbortController().signal, stopNow: now.signal });
  now.abort(new Stopped('shutdown'));
  expect(stopNow.aborted).toBe(true);
});

test('when it is urgent, running jobs are not waited for', () => {
  const { stop, stopNow, makeRoom } = makingRoom({ stop: new AbortController().signal });
  makeRoom({ isUrgent: true });
  expect([stopReasonOf(stop), stopReasonOf(stopNow)]).toEqual(['update', 'update']);
});
