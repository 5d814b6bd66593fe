/** Sent with the agent's WebSocket upgrade and answered alike by our server; the original answers without it (COMMANDER protocol 1). */
export const PROTOCOL_HEADER = 'commander-protocol';
/** Our server's word for what is wrong with a client certificate (`revoked`, `expired`…), on a 400 that refuses it. */
export const CERTIFICATE_PROBLEM_HEADER = 'commander-certificate';
/** Beside `PROTOCOL_HEADER` in our server's answer: seconds over which agents are to spread their return when it goes away. */
export const RETURN_SPREAD_HEADER = 'commander-return-spread';
export const MAX_RETURN_SPREAD_SECONDS = 3600;
export const PROTOCOL_VERSION = 2;
export type ProtocolVersion = 1 | 2;

/** The server pings an open check-in this often; an agent that hears nothing for `SILENCE_LIMIT_MS` reconnects. */
export const PING_INTERVAL_MS = 25_000;
export const SILENCE_LIMIT_MS = 60_000;

/** The original's nginx refuses larger bodies with 413, on uploads and on results. Inclusive. */
export const MAX_BODY_BYTES = 16 * 1024 * 1024;
/** Installers hold a whole runtime, some of them two. */
export const MAX_INSTALLER_BYTES = 256 * 1024 * 1024;

/** Why a log that was followed goes on no further: URI-encoded, in the trailer of the answer. */
export const LOG_END_TRAILER = 'commander-log-end';
export const MAX_LOG_TAIL_BYTES = 1024 * 1024;

/** What one endpoint keeps at most. */
export const MAX_TASKS = 1000;
export const MAX_SERVICES = 100;

export const PATHS = {
  rootTrust: '/ca/root-trust',
  hostCertificate: '/ca/host-certificate',
  csr: '/ca/csr',
  renew: '/ca/renew',
  register: '/agent/register',
  checkin: '/agent/checkin',
  execute: '/agent/execute',
  archives: '/agent/archives',
  agentHistory: '/agent/history',
  /** TUF: `metadata/<name>.json`, and `targets/<sha256>`, which knows ranges. For agents' certificates only. */
  updates: '/agent/updates',
  adminLogin: '/admin/login',
  adminAuthenticate: '/admin/authenticate',
  adminCertificate: '/admin/certificate',
  adminAccounts: '/admin/accounts',
  registrationKey: '/admin/registration-key',
  joinTokens: '/admin/join-tokens',
  library: '/admin/library',
  jobs: '/admin/jobs',
  agents: '/admin/agents',
  groups: '/admin/groups',
  assignments: '/admin/assignments',
  units: '/admin/units',
  releases: '/admin/releases',
  rollouts: '/admin/rollouts',
  adminHistory: '/admin/history',
  installers: '/admin/installers',
  installer: '/admin/installer',
  serverCertificate: '/admin/server-certificate',
  installSh: '/install.sh',
  installPs1: '/install.ps1',
  downloads: '/download',
} as const;
