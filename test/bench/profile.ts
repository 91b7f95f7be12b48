import type { Profiler } from 'node:inspector';

/** Where a process spent its time: functions by their own share, the largest first. */
export interface SelfTime {
  readonly where: string;
  /** Of the time profiled, idle included: 0 to 1. */
  readonly share: number;
}

/** Adds up a profile by function; names are `function file:line`, with the path from the house or the package on. */
export function selfTimes(profile: Profiler.Profile, most = 20): SelfTime[] {
  const places = new Map(profile.nodes.map((node) => [node.id, placeOf(node.callFrame)]));
  const micros = new Map<string, number>();
  let total = 0;
  (profile.samples ?? []).forEach((id, i) => {
    const spent = Math.max(0, profile.timeDeltas?.[i] ?? 0);
    const where = places.get(id) ?? '?';
    micros.set(where, (micros.get(where) ?? 0) + spent);
    total += spent;
  });
  return [...micros]
    .map(([where, spent]) => ({ where, share: total === 0 ? 0 : spent / total }))
    .sort((a, b) => b.share - a.share)
    .slice(0, most);
}

function placeOf({ functionName, url, lineNumber }: Profiler.ProfileNode['callFrame']): string {
  const file = url.replace(/^.*\/(dist|node_modules)\//, '').replace(/^file:\/\//, '');
  return [functionName || '(anonymous)', file && `${file}:${lineNumber + 1}`].filter(Boolean).join(' ');
}
