/** Greylisting asks for at least a minute (RFC 6647 section 5 speaks of one minute to a day); later waits grow, as RFC 5321 4.5.4.1 asks. */
const WAITS_MINUTES = [1, 2, 5, 10, 20, 30, 60, 120, 240] as const;

/** News older than a day is no news: a message deferred longer than this ends as `expired`. */
export const EXPIRY_MS = 24 * 3_600_000;

/**
 * How long a deferred message waits before its next try, or null when it would come too late to be tried.
 * @param attempts tries so far, at least 1
 * @param sinceLiftMs milliseconds since T
 */
export function retryAfter(attempts: number, sinceLiftMs: number): number | null {
  const minutes = WAITS_MINUTES[Math.min(attempts, WAITS_MINUTES.length) - 1] ?? 1;
  const wait = minutes * 60_000;
  return sinceLiftMs + wait > EXPIRY_MS ? null : wait;
}
