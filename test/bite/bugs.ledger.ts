import type { Bug } from './bug.js';

const FUNCTIONS = 'libs/delivery/src/delivery.gate.migration.ts';
const OF_LEDGER = 'libs/delivery/src/ledger.store.spec.ts';
const TICKER = 'libs/delivery/src/ticker.ts';
const OF_TICKER = 'libs/delivery/src/ticker.spec.ts';
const SENDER = 'libs/delivery/src/shard.sender.ts';
const OF_SENDER = 'libs/delivery/src/shard.sender.spec.ts';

/** Mistakes that would send twice, forget somebody, or lose what became of a message. */
export const LEDGER_BUGS: readonly Bug[] = [
  {
    name: 'checkpoint-at-fetch',
    says: 'A shard counts as done when it is taken, not when it is sent.',
    file: FUNCTIONS,
    find: 'set token = gen_random_uuid(), worker = in_worker, lease_until = moment + make_interval(secs => in_lease_seconds)',
    replace:
      'set due_at = null, token = gen_random_uuid(), worker = in_worker, lease_until = moment + make_interval(secs => in_lease_seconds)',
    caughtBy: {
      spec: OF_LEDGER,
      test: 'for one worker at a time, and for the next as soon as the lease is over, with no sweep between',
    },
  },
  {
    name: 'two-workers-one-shard',
    says: 'A shard that somebody holds can be taken.',
    file: FUNCTIONS,
    find: 'and s.due_at <= moment and (s.token is null or s.lease_until < moment)',
    replace: 'and s.due_at <= moment',
    caughtBy: {
      spec: OF_LEDGER,
      test: 'for one worker at a time, and for the next as soon as the lease is over, with no sweep between',
    },
  },
  {
    name: 'stale-lease-ignored',
    says: 'The sweep does not free the shard of a worker that fell silent.',
    file: FUNCTIONS,
    find: 'where s.token is not null and s.lease_until < moment',
    replace: 'where s.token is null and s.lease_until < moment',
    caughtBy: { spec: OF_LEDGER, test: 'so that its shard is free and due for others' },
  },
  {
    name: 'blind-resend-after-the-dot',
    says: 'The sweep makes ready what was past its dot.',
    file: FUNCTIONS,
    find: "), late as (\n       update delivery d set state = 'unknown', reason = 'no_answer_after_dot', updated_at = moment",
    replace:
      "), late as (\n       update delivery d set state = 'ready', reason = 'no_answer_after_dot', updated_at = moment",
    caughtBy: { spec: OF_LEDGER, test: 'and says unknown of what was past its dot, not that it may go again' },
  },
  {
    name: 'resend-against-the-policy',
    says: 'What is unknown goes again although the release says that it is to be held.',
    file: FUNCTIONS,
    find: "then 'ready' else 'held' end",
    replace: "then 'ready' else 'ready' end",
    caughtBy: {
      spec: OF_LEDGER,
      test: 'and holds what is unknown after the grace, unless the release says that it should go again',
    },
  },
  {
    name: 'next-worker-resends-what-was-past-its-dot',
    says: 'Whoever takes a shard over does not look for rows whose dot had left.',
    file: FUNCTIONS,
    find: "and d.shard = in_shard\n          and d.state = 'dot_pending'\n       returning",
    replace: 'and d.shard = in_shard\n          and false\n       returning',
    caughtBy: { spec: OF_LEDGER, test: 'and what an older worker left past its dot is unknown, never sent again' },
  },
  {
    name: 'verdict-without-the-token',
    says: 'Any worker may settle a row, also with an older attempt’s answer.',
    file: FUNCTIONS,
    find: 'and ((d.lease_token = v.token and (d.state',
    replace: 'and ((v.token is not null and (d.state',
    caughtBy: { spec: OF_LEDGER, test: 'only under the token under which the dot left' },
  },
  {
    name: 'recall-of-what-has-left',
    says: 'A cancel takes back rows whose dot has left, and says so.',
    file: FUNCTIONS,
    find: "and d.state in ('planned', 'ready', 'deferred')\n          and in_state",
    replace: "and d.state in ('planned', 'ready', 'deferred', 'dot_pending')\n          and in_state",
    caughtBy: { spec: OF_LEDGER, test: 'what has not left, and says so of nothing that has' },
  },
  {
    name: 'two-rows-for-one-address',
    says: 'A distribution may hold an address twice.',
    file: 'libs/delivery/src/delivery.migration.ts',
    find: 'unique (organisation_id, distribution_id, canonical_address),',
    replace: '',
    caughtBy: { spec: OF_LEDGER, test: 'has no place for two messages of one distribution to one address' },
  },
  {
    name: 'step-without-an-event',
    says: 'A verdict is written without its event.',
    file: FUNCTIONS,
    find: "|| ${member('observedAt', 's.observed_at')}`,\n       )} from settled s",
    replace: "|| ${member('observedAt', 's.observed_at')}`,\n       )} from settled s where s.code is null",
    caughtBy: { spec: OF_LEDGER, test: 'tells every step of a delivery, in order, at the instant its row has' },
  },
  {
    name: 'answer-forgotten-without-the-database',
    says: 'An answer that cannot be written at once is given up.',
    file: 'libs/delivery/src/settler.ts',
    find: 'this.waiting = [...group, ...this.waiting];',
    replace: '',
    caughtBy: {
      spec: 'libs/delivery/src/settler.spec.ts',
      test: 'an answer that was heard is kept while the database is away, and written once when it is back',
    },
  },
  {
    name: 'lost-shard-sent-on',
    says: 'A worker that lost its shard to another goes on sending it.',
    file: SENDER,
    find: 'lease.lost.aborted || ',
    replace: '',
    caughtBy: { spec: OF_SENDER, test: 'begins nothing when its shard went to another worker' },
  },
  {
    name: 'own-error-read-as-not-sent',
    says: 'After an error of our own the message is put back, though it may have left.',
    file: SENDER,
    find: "return { ...key, state: 'unknown', reason: 'own_error' };",
    replace: "return { ...key, state: 'deferred', reason: 'own_error' };",
    caughtBy: {
      spec: OF_SENDER,
      test: 'says unknown, and not that it may go again, where an error of our own hides whether it left',
    },
  },
  {
    name: 'piece-of-another-row',
    says: 'A prepared message is not bound to its row, so that a swapped one is sent to somebody else.',
    file: 'libs/delivery/src/sealed.ts',
    find: 'return `${organisation}/${distribution}/${what}`;',
    replace: "return `${organisation}/${distribution}/${what && 'message'}`;",
    caughtBy: { spec: OF_SENDER, test: 'ends a message that was changed in the database, and sends the others' },
  },
  {
    name: 'ticker-rings-once',
    says: 'A shard is rung for under the same key each time, so that a queue that remembers drops the ring.',
    file: TICKER,
    find: '`drain-${id}-${epoch}-${shard}-${round}`',
    replace: '`drain-${id}-${epoch}-${shard}-${round && 0}`',
    caughtBy: {
      spec: OF_TICKER,
      test: 'rings again for a shard that is due and that nobody took, whatever the queue remembers of the last ring',
    },
  },
  {
    name: 'nothing-without-the-queue',
    says: 'Without the queue the ticker only complains.',
    file: TICKER,
    find: 'if (this.direct.has(key)) return;',
    replace: 'if (this.direct !== undefined) return;',
    caughtBy: { spec: OF_TICKER, test: 'works without the queue when it is away' },
  },
  {
    name: 'old-epoch-stays-ready',
    says: 'Messages of a release that was changed after it was planned stay where they are.',
    file: TICKER,
    find: "where n.state in ('preparing', 'prepared') and (r.epoch <> n.epoch or r.state in ('draft', 'in_review', 'cancelled'))",
    replace: "where n.state in ('preparing', 'prepared') and r.state = 'cancelled'",
    caughtBy: {
      spec: OF_TICKER,
      test: 'takes back what waits of a release that was changed after it was planned',
    },
  },
  {
    name: 'prepare-skips-what-was-left',
    says: 'A preparation that was interrupted takes what it finds for all there is to do.',
    file: 'libs/delivery/src/distribution.store.ts',
    find: "where organisation_id = $1 and distribution_id = $2 and shard = $3 and state = 'planned'",
    replace:
      "where organisation_id = $1 and distribution_id = $2 and shard = $3 and state = 'planned' and not exists (select from delivery_message m where m.distribution_id = $2)",
    caughtBy: {
      spec: 'libs/delivery/src/prepare.spec.ts',
      test: 'that was interrupted is taken up where it stopped, and what was ready stays as it was',
    },
  },
  {
    name: 'prepared-before-everybody-is',
    says: 'A release is called prepared while another worker still has rows of it in hand.',
    file: 'libs/delivery/src/prepare.ts',
    find: 'if (left?.n !== 0 || !(await',
    replace: 'if (left === undefined || !(await',
    caughtBy: {
      spec: 'libs/delivery/src/prepare.spec.ts',
      test: 'is not called done while another worker has rows of it in hand',
    },
  },
  {
    name: 'silence-of-the-log-read-as-not-taken',
    says: 'The relay’s log does not name the message, so it goes again.',
    file: 'libs/delivery/src/oracle.ts',
    find: "if (!last?.lost || carriers.some((one) => !one.lost)) return { word: 'unknown' };",
    replace: "if (!last?.lost) return { word: 'not_accepted', queueId: '', at: now };",
    caughtBy: {
      spec: 'libs/delivery/src/oracle.spec.ts',
      test: 'never says the opposite of what happened, whatever lines are missing and in whatever order daemons log',
    },
  },
];
