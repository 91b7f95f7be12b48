/** The life of a delivery on one screen: one message to one journalist. */
export type DeliveryState =
  | 'planned'
  | 'ready'
  | 'claimed'
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
  ready: ['claimed', 'suppressed', 'cancelled', 'expired'],
  claimed: ['ready', 'dot_pending', 'refused', 'deferred', 'suppressed', 'cancelled', 'expired'],
  // ready: only the worker that stood before the dot knows that it did not leave
  dot_pending: ['accepted', 'refused', 'deferred', 'unknown', 'expired', 'ready'],
  accepted: [],
  refused: [],
  deferred: ['claimed', 'suppressed', 'cancelled', 'expired'],
  unknown: ['accepted', 'refused', 'deferred', 'ready', 'held'],
  held: ['accepted', 'ready'],
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
export const RECALLABLE_STATES = [
  'planned',
  'ready',
  'claimed',
  'deferred',
] as const satisfies readonly DeliveryState[];
