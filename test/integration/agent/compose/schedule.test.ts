import { expect, test } from '@jest/globals';
import { readSchedule } from '../../../../src/agent/compose/schedule.ts';
import { defaultConfig } from '../../../../src/agent/config/defaults.ts';
import { systemClock } from '../../../../src/lib/clock.ts';
import { currentPlatform } from '../../../../src/platform/select.ts';
import { useCleanup } from '../../../support/cleanup.ts';
import { makeTempDir } from '../../../support/temp-dir.ts';

const onEnd = useCleanup();

test('an endpoint that has not been enrolled has no schedule to read', async () => {
  const platform = currentPlatform();
  const config = { ...defaultConfig(platform), stateDir: makeTempDir(onEnd) };
  await expect(readSchedule(config, { platform, clock: systemClock })).rejects.toMatchObject({
    code: 'NOT_ENROLLED',
  });
});
