import { expect, test } from '@jest/globals';
import { lockDataDir } from '../../../src/server/lock-data-dir.ts';
import { useCleanup } from '../../support/cleanup.ts';
import { makeTempDir } from '../../support/temp-dir.ts';

const onEnd = useCleanup();

test("a data folder is one server's at a time", () => {
  const dir = makeTempDir(onEnd);
  const lock = lockDataDir(dir);
  expect(() => lockDataDir(dir)).toThrow(
    `Another server is running on "${dir}"; stop it, or give this one a folder of its own`,
  );
  lock.release();
  lockDataDir(dir).release();
});
