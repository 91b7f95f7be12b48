import { parseArgs } from 'node:util';

export const USAGE = `npm run bench -- [--quick] [--rounds N] [--recipients N] [--only NAME] [--profile] [--json]

  --quick         within three minutes: fewer recipients, rounds and schedules
  --rounds N      how often everything is measured, one after the other (5)
  --recipients N  of one release (10000)
  --only NAME     dateline, smtp-source, quickstart, postfix-hold, gate, curve or lateness; may be given more than once
  --profile       one release more, with a profile of the worker's processor while it sends
  --json          one JSON document on standard output, the rest on standard error

With --json use "npm run -s bench", so that npm prints no line of its own.`;

export const PARTS = ['dateline', 'smtp-source', 'quickstart', 'postfix-hold', 'gate', 'curve', 'lateness'] as const;
export type Part = (typeof PARTS)[number];

/** How much is measured. */
export interface BenchOptions {
  readonly json: boolean;
  readonly quick: boolean;
  readonly profile: boolean;
  readonly rounds: number;
  readonly recipients: number;
  readonly only: readonly Part[];
  /** The quickstart way is slow; its rate is compared, over so many recipients. */
  readonly quickstart: { readonly compiled: number; readonly mjml: number };
  readonly curve: readonly number[];
  readonly schedules: number;
}

/** @throws Error with a sentence when an argument does not fit */
export function readOptions(args: readonly string[]): BenchOptions {
  const { values } = parseArgs({
    args: [...args],
    options: {
      json: { type: 'boolean', default: false },
      profile: { type: 'boolean', default: false },
      quick: { type: 'boolean', default: false },
      rounds: { type: 'string' },
      recipients: { type: 'string' },
      only: { type: 'string', multiple: true, default: [] },
    },
  });
  const { json, quick, profile } = values;
  const only = values.only.map((name) => {
    const part = PARTS.find((one) => one === name);
    if (!part) throw new Error(`Unknown part "${name}": choose ${PARTS.join(', ')}.`);
    return part;
  });
  return {
    json,
    quick,
    profile,
    only,
    rounds: whole('rounds', values.rounds, quick ? 1 : 5),
    recipients: whole('recipients', values.recipients, quick ? 2_000 : 10_000),
    quickstart: quick ? { compiled: 200, mjml: 60 } : { compiled: 600, mjml: 200 },
    curve: quick ? [500, 5_000] : [1_000, 10_000, 100_000],
    schedules: quick ? 6 : 50,
  };
}

function whole(name: string, text: string | undefined, otherwise: number): number {
  if (text === undefined) return otherwise;
  if (!/^[1-9]\d*$/.test(text)) throw new Error(`--${name} takes a whole number above 0, not "${text}".`);
  return Number(text);
}
