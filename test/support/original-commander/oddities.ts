/** What a test can turn while the server runs. The defaults are what the original was seen to do. */
export interface Oddities {
  /** Each check-in asks for new jobs this often. */
  pollIntervalMs: number;
  pingIntervalMs: number;
  /** An ack of N jobs marks only every other one; the rest are pushed again. */
  batchAckBug: boolean;
  /** From an ack until the job can be fetched: a fetch before gets 400. */
  ackTakesMs: number;
  /** This many more pushes end in an HTTP 500 amid the frames. */
  breakPushes: number;
  /** This many more results are recorded, and the connection is cut before the answer. */
  loseResultAnswers: number;
  /** nginx stands, Commander behind it does not: 502. */
  upstreamDown: boolean;
}

export const OBSERVED: Oddities = {
  pollIntervalMs: 1_000,
  pingIntervalMs: 25_000,
  batchAckBug: true,
  ackTakesMs: 1,
  breakPushes: 0,
  loseResultAnswers: 0,
  upstreamDown: false,
};

/** Whether this is one of the times that were asked for. */
export function takeOne(oddities: Oddities, name: 'breakPushes' | 'loseResultAnswers'): boolean {
  if (oddities[name] === 0) return false;
  oddities[name] -= 1;
  return true;
}
