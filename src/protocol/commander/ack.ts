/**
 * Protocol 1 acknowledges a whole push with this bare text, not JSON. Anything else makes the original send the push
 * again within milliseconds, and a second ack for one push wedges it (COMMANDER.md, 4.5 and server fault 1).
 */
export const BARE_ACK = 'ack';
