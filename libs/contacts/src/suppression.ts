export const SUPPRESSION_REASONS = ['unsubscribed', 'bounced', 'complained', 'erased', 'by_hand'] as const;
export type SuppressionReason = (typeof SUPPRESSION_REASONS)[number];

export interface SuppressionFacts {
  readonly reason: SuppressionReason;
  /** The server's answer, or what the person said; no address, no name. */
  readonly note?: string;
  /** Officer id or process name. */
  readonly by: string;
}

export interface Suppression {
  readonly addressKey: Buffer;
  readonly reason: SuppressionReason;
  readonly note: string;
  readonly suppressedAt: Date;
  readonly suppressedBy: string;
  /** The journalist who has this address now; null when there is none (any more). */
  readonly address: string | null;
}
