import { openRelay, readRelayUrl, type LaneFault, type RelayTarget } from '#libs/delivery';
import { Problem, type Clock, type Log, type Settings } from '#libs/kernel';
import { fail, ok, warn, type Finding } from './finding.js';

const QUIET: Log = { debug: () => undefined, info: () => undefined, warn: () => undefined, error: () => undefined };
/** A person waits: shorter than what a worker allows. */
const LIMITS = { connectMs: 6_000, greetingMs: 6_000, silenceMs: 8_000 };

const REMEDIES: Readonly<Record<LaneFault, string>> = {
  auth: 'Check user and password in SMTP_URL (write @ as %40, / as %2F), and that this account may send.',
  tls: 'Check the relay’s certificate and its name in SMTP_URL; smtps:// is TLS from the first byte, smtp:// is STARTTLS.',
  policy: 'Ask whoever runs the relay why it refuses this machine.',
  connect: 'Check host and port in SMTP_URL and the firewall between here and the relay.',
};

/** Connects, encrypts and logs in as a worker does before T. No message is touched. */
export async function checkRelay(settings: Settings, clock: Clock, embedded: boolean): Promise<Finding[]> {
  const url = settings.text('SMTP_URL');
  if (url === '') return [withoutRelay(embedded)];
  let target: RelayTarget;
  try {
    target = readRelayUrl(url);
  } catch (error) {
    if (!(error instanceof Problem)) throw error;
    return [fail('relay.reachable', error.message, error.remedy)];
  }
  const relay = openRelay({ url, connections: 1, clock, log: QUIET, limits: LIMITS });
  try {
    const { fault } = await relay.arm(1);
    const name = `${target.host}:${target.port}`;
    if (!fault) return [ok('relay.reachable', `${name} takes our mail ${described(target)}.`)];
    const kind: LaneFault = fault.word === 'lane' ? fault.kind : 'connect';
    const reply = fault.reply && !fault.why.includes(fault.reply) ? ` It said: ${fault.reply}` : '';
    return [fail('relay.reachable', `${name} cannot be used: ${fault.why}${reply}`, REMEDIES[kind])];
  } finally {
    await relay.close();
  }
}

function withoutRelay(embedded: boolean): Finding {
  if (embedded)
    return ok(
      'relay.reachable',
      'SMTP_URL is not set: a local mailbox takes every mail, and none leaves this machine.',
    );
  return warn(
    'relay.reachable',
    'SMTP_URL is not set here, so the relay cannot be looked at.',
    'Run the doctor with the worker’s settings; a worker does not start without SMTP_URL.',
  );
}

function described({ tls, login }: RelayTarget): string {
  const way = { implicit: 'over TLS', required: 'over STARTTLS', off: 'in clear' }[tls];
  return `${way}, ${login ? 'and our login' : 'without a login'}`;
}
