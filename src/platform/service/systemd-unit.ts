import { posix } from 'node:path';

export const SYSTEMD_UNIT = 'commander-agent.service';
const STATE_BASE = '/var/lib';

export interface SystemdUnitOrder {
  /** What runs the agent, program first. */
  readonly command: readonly string[];
  readonly stateDir: string;
  /** What a package brings along: files of join tokens, and the script that enrols with them. */
  readonly packaged?: {
    readonly documentation: string;
    readonly tokenPath: string;
    readonly enrolPath: string;
  };
}

/** The unit of the agent, the same for packages and for `service install`. */
export function systemdUnit({ command, stateDir, packaged }: SystemdUnitOrder): string {
  const documentation = packaged && `Documentation=${packaged.documentation}\n`;
  const waitingToken = packaged && `ConditionPathExists=|${specifierFree(packaged.tokenPath)}\n`;
  const enrol = packaged && `ExecStartPre=${commandLine([packaged.enrolPath])}\n`;
  const example =
    packaged && '# Where jobs need none of this, examples/restricted.conf turns it all on and drops root.\n';
  return `[Unit]
Description=Commander Agent, runs the jobs that its server assigns
${documentation ?? ''}\
# The agent waits for the network by itself, so a boot without one is not held up.
After=network.target nss-lookup.target
# Quiet until the machine has enrolled, or has a join token from the package's installation to do so with.
${waitingToken ?? ''}\
ConditionPathExists=|${specifierFree(posix.join(stateDir, 'identity/identity.json'))}
# However often it had to be restarted, an endpoint must not be given up: nobody is there to start it by hand.
StartLimitIntervalSec=0

[Service]
Type=notify
NotifyAccess=main
# The agent gives a sign of life each half of this, from the event loop that does all its work.
WatchdogSec=60
${enrol ?? ''}\
ExecStart=${commandLine(command)}
# Take no new job, let the running ones end, then leave: Restart= brings the new version. This is how an upgrade restarts us.
ExecReload=/bin/kill -HUP $MAINPID
Restart=always
RestartSec=1
TimeoutStartSec=120

# The agent alone is asked to stop: it ends its jobs in order and reports each. What else runs here are the services that it
# keeps and, during an update, who watches over that: both must outlive it, and the next agent finds them again. Another
# KillMode= would end them with each restart. "commander-agent service stop --with-services" ends them.
KillMode=process
TimeoutStopSec=90
${stateDirectory(stateDir)}
# Limits for the agent, its jobs and its services together. A job that eats all memory is killed, the agent and the other jobs are not: the kernel
# picks the largest first, and OOMPolicy= keeps systemd from stopping the rest.
MemoryMax=90%
TasksMax=8192
OOMPolicy=continue
OOMScoreAdjust=-100
# A core dump would hold the endpoint's private key. Soft, so that a job can raise it for itself.
LimitCORE=0:infinity

# What follows is all the hardening there is, because every job inherits it and may have to administer the machine:
# - ProtectSystem=, ProtectHome=, PrivateTmp=, PrivateDevices=, ReadOnlyPaths=, PrivateMounts=: jobs install packages, write
#   below /etc, clean up homes and mount things, and the rest of the system must see it.
# - NoExecPaths=, ExecPaths=: jobs, services and the agent's own next version are programs in the state folder.
# - NoNewPrivileges=, RestrictSUIDSGID=: jobs use sudo, su and install set-uid programs.
# - CapabilityBoundingSet=, ProtectKernelModules=, ProtectKernelTunables=, ProtectKernelLogs=, ProtectClock=, ProtectHostname=,
#   ProtectControlGroups=: loading modules, sysctl, dmesg, setting time and host name are ordinary jobs.
# - RestrictNamespaces=, RestrictAddressFamilies=, SystemCallFilter=, SystemCallArchitectures=, LockPersonality=,
#   RestrictRealtime=: jobs start containers, sniff networks, run 32-bit programs.
# - UMask=: files that jobs make would be unreadable for everybody else; the agent gives its own files their modes itself.
# - MemoryDenyWriteExecute=: V8 compiles while it runs and aborts.
${example ?? ''}\
KeyringMode=private

[Install]
WantedBy=multi-user.target
`;
}

/** systemd makes folders below /var/lib only; any other the agent makes itself. */
function stateDirectory(stateDir: string): string {
  const name = posix.relative(STATE_BASE, stateDir);
  if (name === '' || name.startsWith('..')) return '';
  return `\nStateDirectory=${quoted(name)}\nStateDirectoryMode=0700\n`;
}

/** As ExecStart= reads it (systemd.service(5), "Command lines"): variables are replaced in arguments, but not in the program's path. */
function commandLine([program = '', ...args]: readonly string[]): string {
  return [quoted(program), ...args.map((arg) => quoted(arg.replaceAll('$', '$$$$')))].join(' ');
}

function quoted(text: string): string {
  const plain = specifierFree(text);
  return /^[\w./:=@%+$-]+$/.test(plain) ? plain : `"${plain.replaceAll(/["\\]/g, String.raw`\$&`)}"`;
}

/** systemd replaces %h and the like almost everywhere. */
function specifierFree(text: string): string {
  return text.replaceAll('%', '%%');
}
