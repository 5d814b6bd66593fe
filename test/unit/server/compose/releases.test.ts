import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { silentLogger } from '../../../../src/lib/log.ts';
import { openReleases } from '../../../../src/server/compose/releases.ts';
import { useCleanup } from '../../../support/cleanup.ts';
import { publish } from '../../../support/release-world.ts';
import { sampleRollout } from '../../../support/sample-rollout.ts';
import { openTestStore, agentRecord } from '../../../support/server-records.ts';
import { SettableClock } from '../../../support/settable-clock.ts';
import { makeTempDir } from '../../../support/temp-dir.ts';

const onEnd = useCleanup();

test('no version is removed that a group or an agent should run, or a rollout gives out', async () => {
  const dataDir = makeTempDir(onEnd);
  const { groups, agents, rollouts } = openTestStore(onEnd);
  const clock = new SettableClock();
  const releases = openReleases({ dataDir, groups, agents, rollouts, clock, log: silentLogger });
  expect(existsSync(join(dataDir, 'releases', 'keys'))).toBe(true);
  for (const version of ['1.0.0', '1.1.0', '1.2.0', '1.3.0']) await publish(releases, version);
  await groups.setVersion('default', '1.0.0');
  await agents.add(agentRecord({ agentID: 'pinned' }));
  await agents.change('pinned', { pinnedVersion: '1.1.0' });
  await expect(releases.remove('1.0.0')).rejects.toThrow('is what group "default" should run');
  await expect(releases.remove('1.1.0')).rejects.toThrow('is what agent pinned should run');
  await rollouts.add(sampleRollout({ group: 'default', version: '1.2.0' }), new Map());
  await expect(releases.remove('1.2.0')).rejects.toThrow(
    'is what group "default", by its rollout, should run',
  );
  await releases.remove('1.3.0');
  expect(releases.versions()).toEqual(['1.2.0', '1.1.0', '1.0.0']);
});
