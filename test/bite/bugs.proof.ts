import type { Bug } from './bug.js';

const CHAIN = 'libs/audit/src/chain.ts';
const OF_CHAIN = 'libs/audit/src/chain.spec.ts';
const OF_SEALER = 'libs/delivery/src/sealer.spec.ts';

/** Mistakes that would let the ledger or the audit chain be falsified unseen. */
export const PROOF_BUGS: readonly Bug[] = [
  {
    name: 'line-without-the-one-before',
    says: 'A line of the chain is hashed without the hash before it.',
    file: 'libs/audit/src/audit.migration.ts',
    find: "out_hash := sha256(last_hash || convert_to(line, 'UTF8'));",
    replace: "out_hash := sha256(convert_to(line, 'UTF8'));",
    caughtBy: { spec: OF_CHAIN, test: 'binds each line to the one before, and organisations not to each other' },
  },
  {
    name: 'exchanged-line-passes',
    says: 'The check does not compare a line with the one before it.',
    file: CHAIN,
    find: "if (!line.previous.equals(this.previous)) this.fault(line.seq, 'unlinked');",
    replace: '',
    caughtBy: { spec: OF_CHAIN, test: 'shows a line that was exchanged for another, hashed as it should be' },
  },
  {
    name: 'truncated-chain-passes',
    says: 'A chain that ends before a head that was kept elsewhere passes.',
    file: CHAIN,
    find: 'const beyond = [...this.known.keys()].some((seq) => seq >= this.expected);',
    replace: 'const beyond = false;',
    caughtBy: {
      spec: OF_CHAIN,
      test: 'shows that its end was cut off, and that it was written anew, to whoever kept a head elsewhere',
    },
  },
  {
    name: 'seal-skips-an-event',
    says: 'The newest event is left out of the seal.',
    file: 'libs/delivery/src/sealer.ts',
    find: 'and e.id > $2 and e.id <= $3 order by',
    replace: 'and e.id > $2 and e.id < $3 order by',
    caughtBy: { spec: OF_SEALER, test: 'leaves no event out, and takes none twice' },
  },
  {
    name: 'seal-overtakes-a-statement',
    says: 'The sealer does not wait for statements whose events have lower numbers.',
    file: 'libs/delivery/src/sealer.ts',
    find: "await tx.rows(`select pg_advisory_xact_lock(hashtextextended('gate', 0))`);",
    replace: '',
    caughtBy: {
      spec: OF_SEALER,
      test: 'waits for a statement whose events have lower numbers and are not committed yet',
    },
  },
  {
    name: 'root-without-the-order',
    says: 'A leaf of the ledger does not hold its number, so that two events may change places.',
    file: 'libs/delivery/src/sealer.ts',
    find: 'return `${event.id} ${event.body}`;',
    replace: 'return event.body;',
    caughtBy: {
      spec: OF_SEALER,
      test: 'makes another root of the same texts under other numbers',
    },
  },
  {
    name: 'forged-head-believed',
    says: 'A head kept outside the database counts without its signature.',
    file: 'libs/audit/src/kept.heads.ts',
    find: 'mac.length !== own.length || !timingSafeEqual(mac, own)',
    replace: 'mac.length !== own.length',
    caughtBy: {
      spec: 'libs/audit/src/kept.heads.spec.ts',
      test: 'cannot be made up, edited or lent by whoever has not the key',
    },
  },
];
