/** The life of a release on one screen. A forgotten state does not compile; an illegal move throws. */
export type ReleaseState =
  | 'draft'
  | 'in_review'
  | 'approved'
  | 'scheduled'
  | 'preparing'
  | 'prepared'
  | 'releasing'
  | 'released'
  | 'corrected'
  | 'withdrawn'
  | 'cancelled';

export const RELEASE_MOVES = {
  draft: ['in_review', 'cancelled'],
  in_review: ['draft', 'approved', 'cancelled'],
  approved: ['draft', 'scheduled', 'cancelled'],
  scheduled: ['draft', 'preparing', 'cancelled'],
  preparing: ['draft', 'prepared', 'cancelled'],
  prepared: ['draft', 'releasing', 'cancelled'],
  releasing: ['released', 'cancelled'],
  released: ['corrected', 'withdrawn'],
  corrected: ['corrected', 'withdrawn'],
  withdrawn: [],
  cancelled: [],
} as const satisfies Record<ReleaseState, readonly ReleaseState[]>;

/** States whose approval still stands, so that a change must void it and start a new epoch. */
export const BOUND_STATES = [
  'in_review',
  'approved',
  'scheduled',
  'preparing',
  'prepared',
] as const satisfies readonly ReleaseState[];

export function mayMove(from: ReleaseState, to: ReleaseState): boolean {
  return (RELEASE_MOVES[from] as readonly ReleaseState[]).includes(to);
}
