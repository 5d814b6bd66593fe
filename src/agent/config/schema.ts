import Type from 'typebox';

const CLOSED = { additionalProperties: false };
const Count = Type.Integer({ minimum: 1, maximum: 1_000_000 });
const Seconds = Type.Integer({ minimum: 1, maximum: 86_400 });
const Bytes = Type.Integer({ minimum: 1024, maximum: Number.MAX_SAFE_INTEGER });

const Log = Type.Object(
  {
    /** Of the file being written; older ones are as large. */
    maxBytes: Bytes,
    /** Older files kept. */
    maxFiles: Count,
    maxAgeDays: Count,
  },
  CLOSED,
);

const ArchiveSettings = Type.Object(
  {
    /** Of the archive itself, as it is downloaded. */
    maxDownloadBytes: Bytes,
    maxEntries: Count,
    /** Of all files together, unpacked. */
    maxTotalBytes: Bytes,
    maxFileBytes: Bytes,
    /** Unpacked to packed size. */
    maxRatio: Count,
  },
  CLOSED,
);

const Jobs = Type.Object(
  {
    /** How many at the same time. */
    concurrency: Type.Integer({ minimum: 1, maximum: 1000 }),
    /** For jobs that say nothing of it themselves. */
    timeoutSeconds: Type.Integer({ minimum: 1, maximum: 31_536_000 }),
    /** How long running jobs may go on after the agent was asked to stop. */
    stopGraceSeconds: Type.Integer({ minimum: 0, maximum: 3600 }),
    /** Executors that any server may use here; `*` allows every one. */
    executors: Type.Array(Type.String({ minLength: 1 }), { minItems: 1 }),
    /** What stdout, and what stderr, may write to disk. */
    outputBytes: Bytes,
    /** How much of each one's beginning, and of its end, is reported. */
    reportedBytes: Bytes,
    archive: ArchiveSettings,
  },
  CLOSED,
);

const Update = Type.Object(
  {
    /** What downloading a new version may take of the network; 0 for all. */
    bandwidthBytesPerSecond: Type.Integer({ minimum: 0, maximum: Number.MAX_SAFE_INTEGER }),
    /** Checked in for so long, a new version is kept. */
    probationSeconds: Seconds,
    /** Without a sign of life for so long, a new version hangs. */
    hangSeconds: Seconds,
    /** So long a new version may take to check in with a server that can be reached. */
    checkinSeconds: Seconds,
    /** So long running jobs are waited for before a switch. */
    drainSeconds: Seconds,
    /** What happens when they still run after that. */
    whenBusy: Type.Enum(['wait', 'postpone', 'interrupt']),
  },
  CLOSED,
);

const Complete = Type.Object(
  {
    stateDir: Type.String({ minLength: 1 }),
    logLevel: Type.Enum(['error', 'warn', 'info', 'debug']),
    log: Log,
    jobs: Jobs,
    /** After the server went away, how long agents spread their return over. */
    reconnectSpreadSeconds: Type.Integer({ minimum: 0, maximum: 3600 }),
    update: Update,
  },
  CLOSED,
);
/** All settings of the agent, each with a value. */
export type AgentConfig = Type.Static<typeof Complete>;

const SomeOfJobs = { ...Jobs.properties, archive: Type.Partial(ArchiveSettings, CLOSED) };
const SomeOfAll = {
  ...Complete.properties,
  log: Type.Partial(Log, CLOSED),
  jobs: Type.Partial(Type.Object(SomeOfJobs), CLOSED),
  update: Type.Partial(Update, CLOSED),
};

/** What one source says: the configuration file, the environment, the command line. Every key may be left out, none may be unknown. */
export const AgentSettings = Type.Partial(Type.Object(SomeOfAll), CLOSED);
export type AgentSettings = Type.Static<typeof AgentSettings>;
