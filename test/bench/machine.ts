import { cpus, loadavg, release, totalmem, type } from 'node:os';
import type { BenchHouse } from './house.js';
import { firstLine } from './processes.js';
import { programPath } from './programs.js';
import type { Machine } from './results.js';

/** What the figures were measured on. */
export async function describeMachine(house: BenchHouse): Promise<Machine> {
  const version = (line: string) => /\d+(\.\d+)+/.exec(line)?.[0] ?? line;
  return {
    cpu: cpus()[0]?.model.trim() ?? 'unknown processor',
    cores: cpus().length,
    memoryGb: Math.round(totalmem() / 2 ** 30),
    system: `${type()} ${release()}`,
    node: process.versions.node,
    postgres: version(await house.ask('show server_version')),
    redis: version(firstLine(programPath('redis-server'), ['--version'])),
    postfix: version(firstLine(programPath('postconf'), ['-d', '-h', 'mail_version'])),
    loadBefore: Math.round((loadavg()[0] ?? 0) * 100) / 100,
  };
}
