/** The life of a delivery on one screen: one message to one journalist. */
export type DeliveryState =
  | 'planned'
  | 'ready'
  | 'dot_pending'
  | 'accepted'
  | 'refused'
  | 'deferred'
  | 'unknown'
  | 'held'
  | 'suppressed'
  | 'cancelled'
  | 'expired';

export const DELIVERY_MOVES = {
  planned: ['ready', 'refused', 'suppressed', 'cancelled'],
  // refused, deferred, expired: the server said so before there was a dot to send
  // held, here and below: in a restored copy, where it may have left in the time that the copy does not know
  ready: ['dot_pending', 'refused', 'deferred', 'expired', 'suppressed', 'cancelled', 'held'],
  // ready: only the worker that stood before the dot knows that it did not leave
  // cancelled: it would be tried again, and its release was cancelled meanwhile
  dot_pending: ['accepted', 'refused', 'deferred', 'unknown', 'expired', 'ready', 'held', 'cancelled'],
  accepted: [],
  refused: [],
  deferred: ['dot_pending', 'refused', 'deferred', 'expired', 'suppressed', 'cancelled', 'held'],
  unknown: ['accepted', 'refused', 'deferred', 'ready', 'held', 'cancelled'],
  // an answer that comes late is knowledge still
  held: ['accepted', 'refused', 'deferred', 'ready', 'cancelled'],
  suppressed: [],
  cancelled: [],
  expired: [],
} as const satisfies Record<DeliveryState, readonly DeliveryState[]>;

/** Nothing more happens to these by itself; a distribution is finished when every row is in one of them. */
export const END_STATES = [
  'accepted',
  'refused',
  'held',
  'suppressed',
  'cancelled',
  'expired',
] as const satisfies readonly DeliveryState[];

/** Cancel, unsubscribe and erase win over a row in one of these; past them the dot has left. */
export const RECALLABLE_STATES = ['planned', 'ready', 'deferred'] as const satisfies readonly DeliveryState[];
