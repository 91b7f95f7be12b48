/** Connections that stand this long before T have been seen to stand; a refusal can still be mended by people. */
export const ARMED_BEFORE_MS = 5_000;
/** Servers count connections per minute and address; ten a second is far below what any of them minds. */
export const OPENINGS_PER_SECOND = 10;
/** Slower than this has no use: what cannot be opened should be known early. */
const WIDEST_MS = 1_000;

/**
 * When each of `count` connections is opened, milliseconds from now: spread over the time there is, so that a relay does
 * not see them all at once, and never more than `perSecond`. All are ready five seconds before T; when there is not the time
 * for that they are opened at once, because a late connection makes a late message.
 * @param untilMs milliseconds until T; negative when it has passed
 */
export function staggered(count: number, untilMs: number, perSecond: number = OPENINGS_PER_SECOND): number[] {
  const closest = 1000 / perSecond;
  const even = (untilMs - ARMED_BEFORE_MS) / Math.max(1, count - 1);
  const apart = even < closest ? 0 : Math.min(WIDEST_MS, even);
  return Array.from({ length: count }, (_, i) => Math.round(i * apart));
}
