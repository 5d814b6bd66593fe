import { PATHS } from '../../protocol/version.ts';
import type { Listener } from '../listener/listener.ts';
import type { Services } from '../compose/services.ts';

/** Lets agents check in through the listener. */
export function attachCheckin(listener: Pick<Listener, 'onUpgrade'>, { checkinDoor }: Services): void {
  listener.onUpgrade(PATHS.checkin, checkinDoor.admit);
}
