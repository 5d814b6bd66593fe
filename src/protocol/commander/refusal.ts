import { AppError } from '../../lib/errors.ts';

/** The original refuses a check-in with close code 400, which RFC 6455 forbids and client libraries report as a protocol error. */
export const ORIGINAL_REFUSAL_CODE = 400;
/** What we send instead: policy violation, with the same reason text. */
export const REFUSAL_CODE = 1008;

export const REFUSALS = {
  notJson: 'message was not a valid json object',
  missingAgentID: "request is missing the following parameters: headers=['Agent-ID']",
  unknownAgent: 'agent ID not found, please check ID or register',
} as const;

export function formatRefusal(text: string): string {
  return JSON.stringify({ error: text });
}

/** The refusal in a close reason; undefined when the socket was closed for another reason. */
export function parseRefusal(reason: string): AppError | undefined {
  let value: unknown;
  try {
    value = JSON.parse(reason);
  } catch {
    return undefined; // most close reasons are empty or plain text
  }
  const text = typeof value === 'object' && value !== null ? (value as { error?: unknown }).error : undefined;
  if (typeof text !== 'string') return undefined;
  if (text === REFUSALS.unknownAgent) {
    return new AppError(
      'AGENT_NOT_FOUND',
      'The server does not know this agent; enrol it again with "commander-agent enroll"',
      { retryable: true },
    );
  }
  return new AppError('SERVER_REFUSED', `The server refused the check-in: ${text}`, { retryable: true });
}
