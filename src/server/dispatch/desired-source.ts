import type { AppliedFrame, UnitsFrame } from '../../protocol/schemas/frames.ts';

export interface DesiredNews {
  readonly revision: number;
  /** Ready to be sent. */
  readonly frame: string;
}

/** What a check-in asks of those who know what endpoints are to keep. */
export interface DesiredSource {
  /** Undefined when an agent with `revision` has what it should have; 0 is none. */
  newsFor(agentID: string, revision: number): Promise<DesiredNews | undefined>;
  applied(agentID: string, answer: AppliedFrame): Promise<void>;
  reported(agentID: string, report: UnitsFrame): Promise<void>;
}
