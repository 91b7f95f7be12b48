import { domainToASCII } from 'node:url';
import { Problem } from '#libs/kernel';
import { familyOf, isFamily } from './domain.family.js';

/** What one lane may do at most, in one worker. */
export interface LaneRule {
  /** Messages in hand at once. */
  readonly concurrency?: number;
  /** Messages begun per second. */
  readonly perSecond?: number;
}

/** Rules by the name of a lane; `*` is for lanes without a rule of their own. */
export type LaneRules = ReadonlyMap<string, LaneRule>;

export const NO_LANE_RULES: LaneRules = new Map();

const SECONDS: Readonly<Record<string, number>> = { s: 1, min: 60, h: 3600 };
const EXAMPLE = 'Write it as gmail.com=concurrency:5,rate:20/s; qq.com=rate:2/s; *=concurrency:10';

/**
 * Reads the setting LANE_RULES: entries apart by semicolons, each NAME=concurrency:N,rate:N/s (or /min, /h). A name is a
 * domain, a family such as google, or * for all others; a domain of a family stands for the whole family.
 * @throws Problem that names the entry that makes no sense
 */
export function readLaneRules(text: string): LaneRules {
  const rules = new Map<string, LaneRule>();
  for (const entry of text.split(';').map((part) => part.trim())) {
    if (entry === '') continue;
    const equals = entry.indexOf('=');
    if (equals < 0) throw wrong(entry, 'has no "="');
    const name = laneNamed(entry.slice(0, equals).trim(), entry);
    if (rules.has(name)) throw wrong(entry, `is the second rule for ${name === '*' ? 'all others' : name}`);
    rules.set(name, ruleOf(entry.slice(equals + 1), entry));
  }
  return rules;
}

function laneNamed(name: string, entry: string): string {
  if (name === '*' || isFamily(name)) return name;
  const domain = domainToASCII(name);
  if (!/^(?=.{4,253}$)(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z0-9-]{2,63}$/.test(domain))
    throw wrong(entry, `begins with "${name}", which is no domain`);
  return familyOf(domain);
}

function ruleOf(words: string, entry: string): LaneRule {
  const rule: { concurrency?: number; perSecond?: number } = {};
  for (const word of words.split(',').map((part) => part.trim())) {
    const [, kind, amount, unit] = /^(concurrency|rate):([1-9]\d{0,5})(?:\/(s|min|h))?$/.exec(word) ?? [];
    const key = kind === 'rate' ? 'perSecond' : 'concurrency';
    if (kind === undefined || (kind === 'rate') !== (unit !== undefined))
      throw wrong(entry, `says "${word}", which is neither concurrency:N nor rate:N/s`);
    if (rule[key] !== undefined) throw wrong(entry, `says ${kind} twice`);
    rule[key] = Number(amount) / (SECONDS[unit ?? ''] ?? 1);
  }
  return rule;
}

function wrong(entry: string, what: string): Problem {
  return new Problem({
    code: 'settings.invalid',
    field: 'LANE_RULES',
    message: `LANE_RULES: the entry "${entry}" ${what}.`,
    remedy: EXAMPLE,
  });
}
