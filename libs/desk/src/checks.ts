import type { Problem } from '#libs/kernel';

/** What stands between a release and its approval, and what an officer should look at once more. */
export interface CheckReport {
  readonly blocks: readonly Problem[];
  readonly warnings: readonly Problem[];
  /** By language: how many of the audience read it. */
  readonly recipients: Readonly<Record<string, number>>;
  /** Members whose address is suppressed: they are in the audience and will get nothing. */
  readonly suppressed: number;
}
