import { afterEach } from '@jest/globals';

export type Cleanup = () => unknown;

/**
 * Call it once in a describe block or file; the function it gives back takes what must happen when the running test
 * ends. The latest goes first, all are tried, and a failing one fails the test.
 */
export function useCleanup(): (cleanup: Cleanup) => void {
  const pending: Cleanup[] = [];
  afterEach(async () => {
    const failures: unknown[] = [];
    for (let cleanup = pending.pop(); cleanup !== undefined; cleanup = pending.pop()) {
      try {
        await cleanup();
      } catch (error) {
        failures.push(error);
      }
    }
    if (failures.length > 0) throw new AggregateError(failures, 'Clean-up failed');
  });
  return (cleanup) => pending.push(cleanup);
}
