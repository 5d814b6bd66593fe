import type { JobView } from '../../protocol/schemas/admin/jobs.ts';
import type { AdminContext } from '../admin-context.ts';
import { command, type DocumentedCommand } from '../command.ts';
import { printResult } from '../console.ts';
import { formatFields } from '../format/table.ts';
import { formatDuration, localTime, timeWithDistance } from '../format/time.ts';
import { visibleText } from '../format/visible-text.ts';
import { jobSource, jobStatus, phaseDurations } from './describe-job.ts';
import { findJob } from './find-job.ts';

export function jobsShow(context: AdminContext): DocumentedCommand {
  return command('show', {
    summary: 'Show one job: its state, how long each phase took, and its output',
    examples: ['commander jobs show 1f2e3d', 'commander jobs show 1f2e3d --json'],
  })
    .argument('<job>', 'its ID, or the beginning of it')
    .action(async (text: string) => {
      const job = await findJob(context.connect(), text);
      printResult(context.console, job, describeJob(job, context.clock.now()));
    });
}

function describeJob(job: JobView, nowMs: number): string {
  const sections = [
    formatFields({
      Job: job.jobID,
      Program: [job.filename, ...job.argv.map((arg) => JSON.stringify(arg))].join(' '),
      Executor: job.executor,
      Agent: `${job.hostname} (${job.agentID})`,
      'Assigned by': jobSource(job) || undefined,
      Assigned: timeWithDistance(job.createdAt, nowMs),
      Started: job.startedAt && localTime(job.startedAt),
      Ended: job.endedAt && localTime(job.endedAt),
      Status: jobStatus(job),
      Reason: job.reason,
      ...Object.fromEntries(phaseDurations(job).map(({ name, ms }) => [`  ${name}`, formatDuration(ms)])),
    }),
    ...output('Output', job.stdout, job.stdoutBytes),
    ...output('Errors', job.stderr, job.stderrBytes),
  ];
  return sections.join('\n\n');
}

function output(title: string, text = '', totalBytes: number | undefined): string[] {
  if (text === '') return [];
  const keptBytes = Buffer.byteLength(text);
  const isCut = totalBytes !== undefined && totalBytes > keptBytes;
  const note = isCut ? ` (head and tail of ${totalBytes} bytes)` : '';
  return [`${title}${note}:\n${visibleText(text).trimEnd()}`];
}
