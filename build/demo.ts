/** `npm run demo`: one job from an admin to an endpoint and back, with the packed executables of this machine. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { createInterface } from 'node:readline';
import { parseArgs } from 'node:util';
import { phaseDurations } from '../src/cli/jobs/describe-job.ts';
import type { AgentView } from '../src/protocol/schemas/admin/fleet.ts';
import type { JobView } from '../src/protocol/schemas/admin/jobs.ts';
import { LocalFleet } from './local-fleet.ts';
import { Progress, type Report } from './progress.ts';
import { hostTarget, TARGETS } from './targets.ts';

const USAGE = `Usage: npm run demo -- [--stay]

  --stay  leave server and agent running and show what to try next; Ctrl-C ends both
`;
const ON_WINDOWS = TARGETS[hostTarget()].os === 'win';

/** A job's folder: a script, and a data file that it reads. */
const SCRIPT_NAME = ON_WINDOWS ? 'greet.cmd' : 'greet.sh';
const JOB_FILES = {
  'guests.txt': 'Ada\nGrace\nLinus\n',
  [SCRIPT_NAME]: ON_WINDOWS
    ? '@for /f %%n in (guests.txt) do @echo %~1, %%n\r\n'
    : '#!/bin/sh\nwhile read -r name; do\n  echo "$1, $name"\ndone < guests.txt\n',
};
const GREETING = 'Welcome aboard';

const { values } = parseArgs({
  options: {
    stay: { type: 'boolean', default: false },
    help: { type: 'boolean', short: 'h', default: false },
  },
});
if (values.help) process.stdout.write(USAGE);
else process.exitCode = await demo(values.stay);

async function demo(stay: boolean): Promise<number> {
  const interrupted = untilInterrupted();
  const fleet = new LocalFleet();
  try {
    const done = await Promise.race([show(fleet), interrupted]);
    if (done === 'interrupted') return 130;
    if (stay) {
      print(nextCommands(fleet, done));
      await interrupted;
    }
    return 0;
  } catch (error) {
    print(`\n${error instanceof Error ? error.message : String(error)}`);
    return 1;
  } finally {
    await fleet.stop();
  }
}

async function show(fleet: LocalFleet): Promise<AgentView> {
  const progress = new Progress(process.stdout);
  print('\nOne job from an admin to an endpoint and back\n');
  await progress.step(`Executables for ${hostTarget()}`, packIfChanged);
  await progress.step('Server on loopback, with an empty data folder', () => fleet.startServer());
  await progress.step('Admin logged in', () => fleet.logIn());
  const stateDir = await progress.step('Agent enrolled with a join token', () => fleet.enrollAgent('agent'));
  const agent = await progress.step('Agent checked in', () => startAgent(fleet, stateDir));
  const jobDir = writeJobFolder(fleet.dir);
  await progress.step(`Archive of ${Object.keys(JOB_FILES).join(' and ')} uploaded`, () =>
    fleet.commander('library', 'add', jobDir, '--filename', SCRIPT_NAME),
  );
  const job = await progress.step('Job assigned, run and reported', () => runJob(fleet, agent));
  print(describe(job));
  return agent;
}

async function packIfChanged(report: Report): Promise<void> {
  const stdio = ['ignore', 'pipe', 'inherit'] as const;
  const child = spawn(process.execPath, [join('build', 'package.ts'), '--if-changed'], { stdio: [...stdio] });
  const ended = once(child, 'close');
  for await (const line of createInterface({ input: child.stdout })) report(line);
  const [code] = (await ended) as [number | null];
  if (code !== 0) throw new Error('The executables could not be packed');
}

async function startAgent(fleet: LocalFleet, stateDir: string): Promise<AgentView> {
  return await fleet.connectedAgent(await fleet.startAgent(stateDir));
}

function writeJobFolder(dir: string): string {
  const jobDir = join(dir, 'greet');
  mkdirSync(jobDir);
  for (const [name, text] of Object.entries(JOB_FILES)) writeFileSync(join(jobDir, name), text);
  return jobDir;
}

async function runJob(fleet: LocalFleet, { agentID }: AgentView): Promise<JobView> {
  const args = ['jobs', 'assign', SCRIPT_NAME, '--agent', agentID, '--wait', '--json', '--', GREETING];
  const { jobs } = JSON.parse(await fleet.commander(...args)) as { jobs: [JobView] };
  return jobs[0];
}

function describe(job: JobView): string {
  const output = (job.stdout ?? '').trimEnd().split(/\r?\n/);
  const phases = phaseDurations(job).map(({ name, ms }) => `${name} ${Math.round(ms)} ms`);
  return [
    '',
    `  $ commander jobs assign ${SCRIPT_NAME} --agent ${job.hostname} --wait -- "${GREETING}"`,
    ...output.map((line) => `  ${line}`),
    '',
    `  exit code  ${job.exitCode ?? 'none'}, ${job.outcome ?? job.state}`,
    `  phases     ${phases.join(' · ')}`,
    '',
  ].join('\n');
}

function nextCommands(fleet: LocalFleet, { hostname }: AgentView): string {
  const commander = join('.', relative('.', fleet.commanderPath));
  const set = ON_WINDOWS ? '$env:' : 'export ';
  return [
    '  Server and agent keep running. In another terminal, in this folder:',
    '',
    ...Object.entries(fleet.environment).map(([name, value]) => `    ${set}${name}="${value}"`),
    `    ${commander} agents list`,
    `    ${commander} jobs list`,
    `    ${commander} jobs assign ${SCRIPT_NAME} --agent ${hostname} --wait -- "Good morning"`,
    `    ${commander} library add YOUR-SCRIPT`,
    '',
    '  Ctrl-C ends both and removes everything that they wrote.',
    '',
  ].join('\n');
}

function untilInterrupted(): Promise<'interrupted'> {
  return new Promise((resolve) => {
    for (const signal of ['SIGINT', 'SIGTERM']) process.once(signal, () => resolve('interrupted'));
  });
}

function print(text: string): void {
  process.stdout.write(`${text}\n`);
}
