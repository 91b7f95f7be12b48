import { readdirSync, readFileSync } from 'node:fs';

/** Ticks of the processor clock per second: USER_HZ, 100 on every Linux that Node runs on. */
const TICKS_PER_SECOND = 100;

/** Seconds of processor that these processes have used so far; 0 where /proc does not tell. */
export function cpuSeconds(pids: readonly number[]): number {
  return pids.reduce((sum, pid) => sum + ticksOf(pid), 0) / TICKS_PER_SECOND;
}

/** Of a server and all it started itself, for example the sessions of a database, those that have ended included. */
export function familyCpuSeconds(parent: number): number {
  const stat = statOf(parent);
  const ended = (Number(stat[13] ?? 0) + Number(stat[14] ?? 0)) / TICKS_PER_SECOND;
  return ended + cpuSeconds([parent, ...childrenOf(parent)]);
}

function childrenOf(parent: number): number[] {
  try {
    return readdirSync('/proc')
      .filter((name) => /^\d+$/.test(name) && statOf(Number(name))[1] === String(parent))
      .map(Number);
  } catch {
    return [];
  }
}

function ticksOf(pid: number): number {
  const fields = statOf(pid);
  return Number(fields[11] ?? 0) + Number(fields[12] ?? 0);
}

/** The fields of proc(5) `stat` after the name, which may hold spaces: state, parent, …, user ticks (11), system ticks (12), both of ended children (13, 14). */
function statOf(pid: number): string[] {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    return stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  } catch {
    return [];
  }
}
