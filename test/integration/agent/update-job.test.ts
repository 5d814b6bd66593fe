import { existsSync } from 'node:fs';
import { expect, test } from '@jest/globals';
import { readUpdate } from '../../../src/agent/compose/version.ts';
import { executablePathOf } from '../../../src/agent/update/switch/versions-folder.ts';
import { VERSION } from '../../../src/lib/build-info.ts';
import { currentPlatform } from '../../../src/platform/select.ts';
import { AgentInProcess } from '../../support/agent-in-process.ts';
import { useCleanup } from '../../support/cleanup.ts';
import { publishAt } from '../../support/releases-at.ts';
import { useTestServer } from '../../support/test-server.ts';
import { waitFor } from '../../support/wait-for.ts';

const onEnd = useCleanup();
const server = useTestServer();
/** As what is published here. */
const testOnLinux = currentPlatform().os === 'linux' && process.arch === 'x64' ? test : test.skip;

testOnLinux(
  'a version that was published comes, shows that it does not work here, and nothing is switched; the server is told why',
  async () => {
    const agent = new AgentInProcess(onEnd);
    const { agentID } = await agent.enroll({ token: await server().joinToken() });
    agent.start();
    await waitFor(() => agent.status.state === 'connected', { what: 'the check-in' });
    const [version, platform] = ['9.9.9', 'linux-x64'] as const;
    await publishAt(server(), { version, platform }, 'no program');
    await server().admin('PATCH', `/admin/agents/${agentID}`, { agentVersion: version });
    const job = await waitFor(
      () => readUpdate(agent.config).jobs.find(({ phase }) => phase === 'reported' || phase === 'cleaned'),
      { what: 'the end of the update' },
    );
    expect(job).toMatchObject({ version, outcome: 'failed' }); // and not "fetch-failed"
    const path = executablePathOf(agent.config.stateDir, version, { os: 'linux' });
    await waitFor(() => !existsSync(path), { what: 'its executable to be removed' });
    expect(readUpdate(agent.config)).toMatchObject({ current: VERSION, wanted: version, bad: [{ version }] });
    expect(await server().job(job.jobID)).toMatchObject({ jobID: job.jobID });
    expect(agent.status.state).toBe('connected');
  },
);
