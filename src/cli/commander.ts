import type { Clock } from '../lib/clock.ts';
import { VERSION } from '../lib/build-info.ts';
import { accountsAdd } from './accounts/add.ts';
import { accountsList } from './accounts/list.ts';
import { accountsRemove } from './accounts/remove.ts';
import { AdminContext } from './admin-context.ts';
import { agentsList } from './agents/list.ts';
import { agentsMove } from './agents/move.ts';
import { agentsPin } from './agents/pin.ts';
import { agentsRevoke } from './agents/revoke.ts';
import { agentsShow } from './agents/show.ts';
import { group, program } from './command.ts';
import { groupsCreate } from './groups/create.ts';
import { groupsList } from './groups/list.ts';
import { groupsRemove } from './groups/remove.ts';
import { groupsSetVersion } from './groups/set-version.ts';
import { installersAdd } from './installers/add.ts';
import { installersList } from './installers/list.ts';
import { installersRemove } from './installers/remove.ts';
import { jobsAssign } from './jobs/assign.ts';
import { jobsCancel } from './jobs/cancel.ts';
import { jobsList } from './jobs/list.ts';
import { jobsShow } from './jobs/show.ts';
import { libraryAdd } from './library/add.ts';
import { libraryList } from './library/list.ts';
import { libraryRemove } from './library/remove.ts';
import { libraryShow } from './library/show.ts';
import { libraryUpdate } from './library/update.ts';
import type { BuildProgram } from './program.ts';
import { releasesExtend } from './releases/extend.ts';
import { releasesImport } from './releases/import.ts';
import { releaseKeysExport } from './releases/keys/export.ts';
import { releaseKeysList } from './releases/keys/list.ts';
import { releaseKeysRotate } from './releases/keys/rotate.ts';
import { releasesList } from './releases/list.ts';
import { releasesPublish } from './releases/publish.ts';
import { releasesRemove } from './releases/remove.ts';
import { releasesRequest } from './releases/request.ts';
import { releasesShow } from './releases/show.ts';
import { releasesSign } from './releases/sign.ts';
import { registrationKeyRotate } from './registration-key/rotate.ts';
import { registrationKeyShow } from './registration-key/show.ts';
import { rolloutStart } from './rollout/start.ts';
import { rolloutStatus } from './rollout/status.ts';
import { rolloutSteer } from './rollout/steer.ts';
import { serverCertificate } from './server/certificate.ts';
import { init, type Init } from './server/init.ts';
import { serve, type Serve } from './server/serve.ts';
import { configDir, dataDir } from './session/locations.ts';
import { login } from './session/login.ts';
import { logout } from './session/logout.ts';
import { password } from './session/password.ts';
import { tokenCreate } from './token/create.ts';
import { unitsAssign } from './units/assign.ts';
import { unitsList } from './units/list.ts';
import { servicesLogs } from './units/logs.ts';
import { unitsRemove } from './units/remove.ts';
import { unitsShow } from './units/show.ts';
import { version } from './version.ts';

/** What the command line cannot know by itself. */
export interface CommanderPorts {
  /** As in `process.platform`. */
  os: string;
  homeDir: string;
  clock: Clock;
  init: Init;
  serve: Serve;
  untilInterrupted: () => Promise<void>;
}

/** The whole tree of `commander`. */
export function commander({
  os,
  homeDir,
  clock,
  init: initWith,
  serve: serveWith,
  untilInterrupted,
}: CommanderPorts): BuildProgram {
  return (console) => {
    const home = { os, homeDir, env: console.env };
    const context = new AdminContext({ console, clock, configDir: configDir(home) });
    return program('commander', {
      summary: 'Server and admin command line of Commander Agent',
      version: VERSION,
      examples: [
        'commander serve',
        'commander login --server https://commander.example:8443 --ca-fingerprint 3f:9a:…',
        'commander token create --install-hints',
        'commander library add hello.sh',
        'commander jobs assign hello.sh --agent web-1 --wait',
      ],
      commands: [
        init({ console, init: initWith, defaultDataDir: dataDir(home) }),
        serve({ console, serve: serveWith, defaultDataDir: dataDir(home), untilInterrupted }),
        login(context),
        logout(context),
        password(context),
        group('accounts', 'Admin accounts', [
          accountsAdd(context),
          accountsList(context),
          accountsRemove(context),
        ]),
        group('token', 'Join tokens, with which endpoints enrol', [tokenCreate(context)]),
        group('registration-key', 'The key behind join tokens', [
          registrationKeyShow(context),
          registrationKeyRotate(context),
        ]),
        group('agents', 'Endpoints that have enrolled', [
          agentsList(context),
          agentsShow(context),
          agentsMove(context),
          agentsPin(context),
          agentsRevoke(context),
        ]),
        group('groups', 'Groups of agents, which are given tasks, services and a version together', [
          groupsCreate(context),
          groupsList(context),
          groupsSetVersion(context),
          groupsRemove(context),
        ]),
        group('rollout', 'Groups on their way to a version of the agent', [
          rolloutStart(context),
          rolloutStatus(context),
          rolloutSteer(context, 'pause'),
          rolloutSteer(context, 'resume'),
          rolloutSteer(context, 'abort'),
        ]),
        group('library', 'What agents can be told to run', [
          libraryAdd(context),
          libraryList(context),
          libraryShow(context),
          libraryUpdate(context),
          libraryRemove(context),
        ]),
        group('jobs', 'What agents are told to run, and what came of it', [
          jobsAssign(context),
          jobsList(context),
          jobsShow(context),
          jobsCancel(context),
        ]),
        group('tasks', 'What agents run whenever it is due', [
          unitsAssign(context, 'task'),
          unitsList(context, 'task'),
          unitsShow(context, 'task'),
          unitsRemove(context, 'task'),
        ]),
        group('services', 'What agents keep running', [
          unitsAssign(context, 'service'),
          unitsList(context, 'service'),
          unitsShow(context, 'service'),
          servicesLogs(context),
          unitsRemove(context, 'service'),
        ]),
        group('installers', 'What the server hands out to install the agent from', [
          installersAdd(context),
          installersList(context),
          installersRemove(context),
        ]),
        group('releases', 'Versions of the agent, which agents update themselves to', [
          releasesPublish(context),
          releasesList(context),
          releasesShow(context),
          releasesRemove(context),
          releasesRequest(context),
          releasesSign(console),
          releasesImport(context),
          releasesExtend(context),
          group('keys', 'The keys that sign releases', [
            releaseKeysList(context),
            releaseKeysExport(context),
            releaseKeysRotate(context),
          ]),
        ]),
        serverCertificate(context),
        version(console, 'commander'),
      ],
    });
  };
}
