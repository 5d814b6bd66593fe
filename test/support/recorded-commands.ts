import type { CommandOutcome, RunCommand } from '../../src/platform/service/service-commands.ts';

type Answer = number | string | CommandOutcome;
/** One after the other; the last one for good. */
type Answers = Answer | [Answer, ...Answer[]];

/** Stands in for the programs of a system: keeps the command lines, and answers by the first pattern that matches; all else went well. */
export class RecordedCommands {
  readonly lines: string[] = [];
  /** What is said to a command: an exit code, an output, or both, or several of them in turn. May be changed as the test goes on. */
  answers: (readonly [pattern: RegExp, answer: Answers])[];

  constructor(answers: (readonly [RegExp, Answers])[] = []) {
    this.answers = answers;
  }

  readonly run: RunCommand = (program, args) => {
    const line = [program, ...args].join(' ');
    this.lines.push(line);
    return Promise.resolve(outcomeOf(next(this.answers.find(([pattern]) => pattern.test(line))?.[1] ?? 0)));
  };

  /** The lines since this was last called that a pattern matches. */
  taken(pattern: RegExp): string[] {
    return this.lines.splice(0).filter((line) => pattern.test(line));
  }
}

function next(answers: Answers): Answer {
  if (!Array.isArray(answers)) return answers;
  const [first, ...others] = answers;
  if (others.length > 0) answers.shift();
  return first;
}

function outcomeOf(answer: Answer): CommandOutcome {
  if (typeof answer === 'number') return { code: answer, output: '' };
  return typeof answer === 'string' ? { code: 0, output: answer } : answer;
}
