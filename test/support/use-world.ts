import { afterAll, beforeAll } from '@jest/globals';
import type { Cleanup } from './cleanup.ts';
import { PackedWorld } from './packed-world.ts';

const PREPARE_MS = 60_000;

/** Call it once in a file: one server for all of its tests, with what `prepare` puts there; gone after the last. */
export function useWorld(prepare?: (world: PackedWorld) => Promise<void>): () => PackedWorld {
  const cleanups: Cleanup[] = [];
  let world: PackedWorld;
  beforeAll(async () => {
    world = new PackedWorld((cleanup) => cleanups.push(cleanup));
    await world.startServer();
    await prepare?.(world);
  }, PREPARE_MS);
  afterAll(async () => {
    for (const cleanup of cleanups.reverse()) await cleanup();
  });
  return () => world;
}
