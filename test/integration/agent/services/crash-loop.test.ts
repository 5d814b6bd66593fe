import { readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { DEFAULT_SERVICE_TIMING } from '../../../../src/agent/services/supervisor.ts';
import { useCleanup } from '../../../support/cleanup.ts';
import { HastyClock } from '../../../support/hasty-clock.ts';
import { describeOnPosix } from '../../../support/on-posix.ts';
import { ArchiveFolder, supervise } from '../../../support/supervised.ts';
import { makeTempDir } from '../../../support/temp-dir.ts';
import { waitFor } from '../../../support/wait-for.ts';

const onEnd = useCleanup();

/** A thousand takes a minute, and comes to the same. */
const RESTARTS = 100;
const LOG = { maxBytes: 16_384, files: 2 };
/** A file may be too long by the piece that fills it. */
const LARGEST_LOG_BYTES = (LOG.maxBytes + 4096) * (LOG.files + 1);
/** Writes 8 KB each time. */
const CRASHES =
  'i=0; while [ $i -lt 100 ]; do echo "line $i of a program that has lost its configuration and says so"; i=$((i + 1)); done; exit 1';

describeOnPosix('a service that exits at once', () => {
  test('again and again costs less than a hundredth of a core, keeps its log small, and is parked', async () => {
    const stateDir = makeTempDir(onEnd);
    const archives = new ArchiveFolder(join(stateDir, 'archives'));
    const clock = new HastyClock();
    const agent = supervise(onEnd, stateDir, {
      archives,
      clock,
      timing: { ...DEFAULT_SERVICE_TIMING, livenessMs: 3_600_000 },
    });
    const spec = await archives.spec('loop', CRASHES, {
      ...{ executor: 'sh', log: LOG, restartBudget: { limit: RESTARTS, windowSeconds: 86_400 } },
    });
    const [startedAt, cpuBefore] = [clock.monotonic(), process.cpuUsage()];
    agent.supervisor.desiredChanged([spec]);
    await waitFor(() => agent.supervisor.states()[0]?.state === 'parked', {
      what: 'it to be parked',
      timeoutMs: 60_000,
    });
    const { user, system } = process.cpuUsage(cpuBefore);
    const [unit] = agent.supervisor.states();
    expect(unit).toMatchObject({ restarts: RESTARTS, lastOutcome: 'exited with code 1' });
    expect(unit?.problem).toMatch(/^Parked: more than 100 restarts within 86400 s/);
    expect((user + system) / 1000 / (clock.monotonic() - startedAt)).toBeLessThan(0.01);
    const logDir = join(agent.servicesDir, 'loop', 'log');
    const logBytes = readdirSync(logDir).map((name) => statSync(join(logDir, name)).size);
    expect(logBytes.reduce((sum, bytes) => sum + bytes)).toBeLessThanOrEqual(LARGEST_LOG_BYTES);
    const runsDir = join(agent.servicesDir, 'loop', 'runs');
    await waitFor(() => readdirSync(runsDir).length === 0, { what: 'the last run to be forgotten' });
  }, 90_000);
});
