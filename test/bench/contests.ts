import type { QueueBackend, SinkKind } from './results.js';
import type { Contest, Measured } from './results.js';
import { runDateline } from './dateline.contender.js';
import type { BenchHouse } from './house.js';
import type { BenchOptions, Part } from './options.js';
import { runPostfixHold } from './postfix-hold.contender.js';
import { runQuickstart } from './quickstart.contender.js';
import { runSmtpSource } from './smtp-source.contender.js';

/** One line of the table, and how it is measured once. */
export interface Entry extends Contest {
  readonly part: Part;
  run(house: BenchHouse, messageBytes: number): Promise<Measured>;
}

const SINKS: readonly SinkKind[] = ['smtp-sink', 'fast-sink'];
const BACKENDS: readonly QueueBackend[] = ['postgres', 'redis'];

/** Everything that is measured in each round, for both sinks; a quick run keeps to what the ratios need. */
export function entries(options: BenchOptions): Entry[] {
  const all = SINKS.flatMap((sink) => [
    ...[1, 2].flatMap((workers) => BACKENDS.map((backend) => dateline(sink, backend, workers, options.recipients))),
    gateOff(sink, options.recipients),
    smtpSource(sink, options.recipients),
    quickstart(sink, 'compiled', options.quickstart.compiled),
    quickstart(sink, 'mjml', options.quickstart.mjml),
    postfixHold(sink, options.recipients),
  ]);
  const ratios = options.only.some((part) => part !== 'curve' && part !== 'lateness');
  // whatever is asked for is compared with this one
  const ours = ({ part, workers, backend }: Entry) => part === 'dateline' && workers === 1 && backend === 'postgres';
  const wanted =
    options.only.length === 0
      ? all
      : all.filter((entry) => options.only.includes(entry.part) || (ratios && ours(entry)));
  return options.quick ? wanted.filter(worthTheTime) : wanted;
}

/** Two workers and Redis once each, peers against Postfix's sink only. */
function worthTheTime({ part, sink, workers, backend }: Entry): boolean {
  if (part === 'smtp-source') return true;
  if (sink === 'fast-sink') return part === 'dateline' && workers === 1 && backend === 'postgres';
  return part !== 'dateline' || !(workers === 2 && backend === 'redis');
}

function dateline(sink: SinkKind, backend: QueueBackend, workers: number, recipients: number): Entry {
  const contest = { name: 'dateline', sink, backend, workers, recipients };
  return { ...contest, part: 'dateline', run: (house) => runDateline(house, contest) };
}

function gateOff(sink: SinkKind, recipients: number): Entry {
  const contest = { name: 'dateline, gate off', sink, backend: 'postgres', workers: 1, recipients } as const;
  return { ...contest, part: 'gate', run: (house) => runDateline(house, contest, { withoutGate: true }) };
}

function smtpSource(sink: SinkKind, recipients: number): Entry {
  const contest = { name: 'smtp-source', sink, backend: null, workers: 1, recipients };
  return { ...contest, part: 'smtp-source', run: (house, bytes) => runSmtpSource(house, contest, bytes) };
}

function quickstart(sink: SinkKind, html: 'compiled' | 'mjml', recipients: number): Entry {
  const contest = { name: `quickstart, ${html}`, sink, backend: 'redis', workers: 1, recipients } as const;
  return { ...contest, part: 'quickstart', run: (house) => runQuickstart(house, contest, html) };
}

function postfixHold(sink: SinkKind, recipients: number): Entry {
  const contest = { name: 'postfix-hold', sink, backend: null, workers: 1, recipients };
  return { ...contest, part: 'postfix-hold', run: (house, bytes) => runPostfixHold(house, contest, bytes) };
}
