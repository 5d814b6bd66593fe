import { existsSync } from 'node:fs';
import { dirname } from 'node:path';
import { AppError } from '../../../lib/errors.ts';
import { makePrivateDir } from '../../../lib/make-private-dir.ts';
import type { JobChange } from '../../../store/agent/job-journal.ts';
import type { ObtainProgress } from '../obtain-version.ts';
import { changeSwitch, stateOf } from '../switch/switch-file.ts';
import { switched } from '../switch/switch-state.ts';
import { executablePathOf } from '../switch/versions-folder.ts';
import { awaitQuiet } from './await-quiet.ts';
import type { UpdateJob } from './update-job.ts';
import type { UpdateOutput } from './update-output.ts';
import type { UpdateContext } from './updater-options.ts';

/** As any job's steps: each may be taken again after a crash. What it comes to is what the next look finds. */
export type UpdateStep = (update: UpdateJob, context: UpdateContext) => Promise<JobChange | undefined>;

/** accepted -> fetched: what has been here before is not fetched again. */
export async function fetchVersion({ origin }: UpdateJob, context: UpdateContext): Promise<JobChange> {
  const { output, obtain, signal, releasePlatform: platform, ownExecutablePath } = context;
  const version = origin.updateTo;
  if (isHere(version, context)) {
    output.line(`Version ${version} is here already`);
    return { phase: 'fetched' };
  }
  const targetPath = executablePathOf(context.stateDir, version, context);
  makeFolder(dirname(targetPath));
  output.line(`Fetching version ${version} for ${platform}`);
  const onProgress = tellProgress(output);
  await obtain({ version, platform, targetPath, similar: [ownExecutablePath], onProgress, signal });
  output.line('Fetched; its signatures and hashes are right');
  return { phase: 'fetched' };
}

/** The installed one, and the one that was left last, which was checked when it came. */
function isHere(version: string, context: UpdateContext): boolean {
  const { base, previous } = stateOf(context);
  return (
    version === base ||
    (version === previous && existsSync(executablePathOf(context.stateDir, version, context)))
  );
}

function makeFolder(dir: string): void {
  try {
    makePrivateDir(dir);
  } catch (cause) {
    throw new AppError('STATE_UNWRITABLE', `Cannot make the folder "${dir}"`, { cause, retryable: true });
  }
}

/** Once when it is known, and at each quarter. */
function tellProgress(output: UpdateOutput): (progress: ObtainProgress) => void {
  let told = -1;
  return ({ size, reused, toFetch, fetched }) => {
    if (told < 0) output.line(`Of ${size} bytes ${reused} are here; ${toFetch} are to be fetched`);
    const quarter = toFetch === 0 ? 4 : Math.floor((fetched * 4) / toFetch);
    if (quarter > told && quarter > 0) output.line(`${fetched} bytes fetched (${quarter * 25} %)`);
    told = Math.max(told, quarter);
  };
}

/** fetched -> extracted: it has shown that it can work here. */
export async function tryOut({ origin }: UpdateJob, context: UpdateContext): Promise<JobChange> {
  const { output, preflight, signal } = context;
  const version = origin.updateTo;
  if (version !== stateOf(context).base) {
    output.line(`Trying version ${version} out on a copy of the state`);
    await preflight({
      version,
      executablePath: executablePathOf(context.stateDir, version, context),
      signal,
    });
    output.line('It works');
  }
  return { phase: 'extracted' };
}

/** From here on each start of the agent starts the new version; so the switch itself says that the job is `running`. */
export async function switchOver({ job, origin }: UpdateJob, context: UpdateContext): Promise<undefined> {
  const { output, clock } = context;
  const version = origin.updateTo;
  await awaitQuiet(context);
  output.line(`Switching from ${origin.updateFrom} to ${version}`);
  changeSwitch(context, (state) => switched(state, { version, jobID: job.jobID, at: clock.now() }));
}
