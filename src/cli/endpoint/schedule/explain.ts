import { AppError } from '../../../lib/errors.ts';
import type { EndpointTask, SettingFlags } from '../../../protocol/endpoint.ts';
import type { DocumentedCommand } from '../../command.ts';
import { printResult } from '../../console.ts';
import { formatFields } from '../../format/table.ts';
import { timeWithDistance } from '../../format/time.ts';
import { endpointCommand, settingsOf } from '../setting-options.ts';
import type { ScheduleDeps } from './list.ts';

export function scheduleExplain({ console, actions, clock }: ScheduleDeps): DocumentedCommand {
  return endpointCommand('explain', {
    summary: 'Tell when a task runs next, and why it did or did not run last',
    examples: ['commander-agent schedule explain cleanup', 'commander-agent schedule explain cleanup --json'],
  })
    .argument('<task>', 'its name')
    .action(async (name: string, options: SettingFlags) => {
      const tasks = await actions.schedule(settingsOf(options));
      const task = tasks.find((one) => one.name === name);
      if (task === undefined) throw unknownTask(name, tasks);
      printResult(console, task, describe(task, clock.now()));
    });
}

function describe(task: EndpointTask, now: number): string {
  const [first, ...later] = task.nextRuns.map((instant) => timeWithDistance(instant, now));
  const fields = formatFields({
    task: task.name,
    state: task.state,
    problem: task.problem,
    rule: task.rule,
    splay: `${task.splaySeconds} s on this endpoint`,
    'last time': task.lastDue,
    'next times': first ?? 'none',
  });
  const indent = ' '.repeat('next times  '.length);
  return [fields, ...later.map((time) => indent + time)].join('\n');
}

function unknownTask(name: string, tasks: readonly EndpointTask[]): AppError {
  const known = tasks.map((task) => `"${task.name}"`).join(', ');
  const others = known === '' ? 'no tasks are assigned' : `there are ${known}`;
  return new AppError('JOB_NOT_FOUND', `There is no task "${name}" on this endpoint; ${others}`);
}
