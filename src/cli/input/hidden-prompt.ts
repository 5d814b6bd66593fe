import { createInterface } from 'node:readline';
import { Writable } from 'node:stream';
import { AppError } from '../../lib/errors.ts';
import type { Console } from '../console.ts';

/** Asks on stderr and reads one line from the terminal without showing it. @throws AppError USAGE when nothing is entered. */
export async function askHidden(console: Console, question: string): Promise<string> {
  console.stderr.write(`${question}: `);
  // readline does the editing keys; what it would echo goes nowhere.
  const nowhere = new Writable({ write: (_chunk, _encoding, done) => done() });
  const reader = createInterface({ input: console.stdin, output: nowhere, terminal: true });
  try {
    return await new Promise<string>((resolve, reject) => {
      const giveUp = () => reject(new AppError('USAGE', 'Nothing was entered, so nothing was done'));
      reader.once('line', (line) => (line === '' ? giveUp() : resolve(line)));
      reader.once('SIGINT', giveUp).once('close', giveUp);
    });
  } finally {
    reader.close();
    console.stderr.write('\n');
  }
}
