/** What this lib says in the audit chain. Hashes and counts, never content. */
export type ReleaseAudit =
  | { readonly type: 'release.created'; readonly version: string }
  | { readonly type: 'release.revised'; readonly version: string; readonly epoch: number }
  | { readonly type: 'release.audience_chosen'; readonly epoch: number }
  | { readonly type: 'release.submitted'; readonly recipients: number; readonly epoch: number }
  | {
      readonly type: 'release.approved';
      readonly version: string;
      readonly audience: string;
      readonly liftsAt: string;
      readonly epoch: number;
    }
  | { readonly type: 'release.reopened'; readonly from: string; readonly epoch: number; readonly reason: string }
  | { readonly type: 'release.scheduled'; readonly liftsAt: string; readonly epoch: number }
  | { readonly type: 'release.preparing' | 'release.releasing'; readonly epoch: number }
  | {
      readonly type: 'release.prepared';
      readonly epoch: number;
      readonly distribution: string;
      /** Root over who gets which bytes. */
      readonly frozen: string;
    }
  | { readonly type: 'release.released'; readonly epoch: number; readonly counts: Readonly<Record<string, number>> }
  | { readonly type: 'release.cancelled'; readonly reason: string; readonly alreadyGone: number };
