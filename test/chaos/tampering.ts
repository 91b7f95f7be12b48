import type { Tx } from '#libs/kernel';
import type { Chance } from './chance.js';

/** One way of falsifying a ledger, as somebody does it who owns the database. */
export interface Tampering {
  readonly says: string;
  /** Changes something in the organisation $1; returns how many rows it touched, 0 where there is nothing of the kind. */
  readonly act: (tx: Tx, organisation: string, chance: Chance) => Promise<number>;
}

type Drawn = (chance: Chance) => string;

/** A row of a table, told by the row's place: so the same draw is the same row whatever it is called. */
const rowOf =
  (table: string, where = 'true') =>
  async (tx: Tx, organisation: string, chance: Chance) => {
    const rows = await tx.rows<{ ctid: string }>(
      `select ctid::text from ${table} where organisation_id = $1 and ${where} order by ${ORDER[table]}`,
      [organisation],
    );
    return rows.length === 0 ? undefined : chance.one(rows).ctid;
  };

const ORDER: Readonly<Record<string, string>> = {
  audit_line: 'seq',
  delivery_event: 'id',
  ledger_seal: 'last_id',
  delivery: 'distribution_id, position',
};

/** Another text: one letter exchanged, dropped or put in. */
const letter =
  (column: string): Drawn =>
  (chance) => {
    const at = `1 + (${chance.whole(0, 1_000_000)} % greatest(length(${column}), 1))`;
    const instead = chance.one(['', 'x', '0', '7', ' ', '"', 'é']);
    const length = chance.whole(instead === '' ? 1 : 0, 1);
    const changed = `overlay(${column} placing '${instead}' from ${at} for ${length})`;
    return `case when ${changed} = ${column} then ${column} || '!' else ${changed} end`;
  };

/** Another 32 bytes: one bit turned. */
const bit =
  (column: string): Drawn =>
  (chance) => {
    const at = chance.whole(0, 255);
    return `set_bit(${column}, ${at}, 1 - get_bit(${column}, ${at}))`;
  };

const instant =
  (column: string): Drawn =>
  (chance) =>
    `coalesce(${column}, now()) + interval '${chance.one([-1, 1]) * chance.whole(1, 1_000_000)} milliseconds'`;

const number =
  (column: string): Drawn =>
  (chance) =>
    `coalesce(${column}, 0) + ${chance.one([-1, 1]) * chance.whole(1, 3)}`;

const uuid: Drawn = () => 'gen_random_uuid()';

const word =
  (column: string, words: readonly string[]): Drawn =>
  (chance) => {
    const [one = '', two = ''] = [chance.one(words), chance.one(words)];
    const third = words.find((other) => other !== one) ?? '';
    return `case ${column} when '${one}' then '${one === two ? third : two}' else '${one}' end`;
  };

/** One column of one row becomes another. */
function edit(table: string, column: string, to: Drawn, where?: string): Tampering {
  return {
    says: `${table}.${column} edited`,
    act: async (tx, organisation, chance) => {
      const row = await rowOf(table, where)(tx, organisation, chance);
      if (!row) return 0;
      return tx.run(`update ${table} set ${column} = ${to(chance)} where ctid = $1::tid`, [row]);
    },
  };
}

/** Two rows exchange what they say in some columns. */
function swap(table: string, columns: readonly string[], where?: string): Tampering {
  const list = columns.join(', ');
  return {
    says: `${table}: two rows exchange ${list}`,
    act: async (tx, organisation, chance) => {
      const [one, two] = [
        await rowOf(table, where)(tx, organisation, chance),
        await rowOf(table, where)(tx, organisation, chance),
      ];
      if (!one || !two || one === two) return 0;
      const sides = columns.map((column) => `${column} = o.${column}`).join(', ');
      return tx.run(
        `update ${table} t set ${sides} from ${table} o
          where (t.ctid, o.ctid) in (($1::tid, $2::tid), ($2::tid, $1::tid))
            and (${columns.map((column) => `t.${column}`).join(', ')}) is distinct from (${columns.map((column) => `o.${column}`).join(', ')})`,
        [one, two],
      );
    },
  };
}

function remove(table: string, where?: string): Tampering {
  return {
    says: `${table}: a row removed`,
    act: async (tx, organisation, chance) => {
      const row = await rowOf(table, where)(tx, organisation, chance);
      return row ? tx.run(`delete from ${table} where ctid = $1::tid`, [row]) : 0;
    },
  };
}

/** Everything from some row to the end, or from the beginning to it, or the whole table. */
function truncate(table: string, key: string): Tampering {
  return {
    says: `${table}: cut off`,
    act: async (tx, organisation, chance) => {
      const row = await rowOf(table)(tx, organisation, chance);
      if (!row) return 0;
      const side = chance.one(['>=', '>=', '<=', 'is not distinct from']);
      const part = side.startsWith('is') ? 'true' : `${key} ${side} (select ${key} from ${table} where ctid = $2::tid)`;
      return tx.run(`delete from ${table} where organisation_id = $1 and ${part} and $2::tid is not null`, [
        organisation,
        row,
      ]);
    },
  };
}

/** Rewrites the chain from a line on, with hashes that fit: only a head kept elsewhere shows it. */
const REWRITTEN: Tampering = {
  says: 'audit_line: rewritten from a line on, every hash made to fit',
  act: async (tx, organisation, chance) => {
    const row = await rowOf('audit_line')(tx, organisation, chance);
    if (!row) return 0;
    await tx.run(`update audit_line set body = replace(body, '"actor": "', '"actor": "x') where ctid = $1::tid`, [row]);
    await tx.rows(REHASH_FUNCTION);
    const done = await tx.first<{ n: number }>(`select pg_temp.rehash($1) as n`, [organisation]);
    return done?.n ?? 0;
  },
};

/** Cuts the end of chain, seals, events and rows off together, so that all of them agree again. */
const REWOUND: Tampering = {
  says: 'all tables wound back together to an earlier moment',
  act: async (tx, organisation, chance) => {
    const row = await rowOf('ledger_seal')(tx, organisation, chance);
    if (!row) return 0;
    const cut = await tx.first<{ last: string; seq: string }>(
      `select coalesce(max(o.last_id), 0)::text as last, s.audit_seq::text as seq
         from ledger_seal s left join ledger_seal o on o.organisation_id = s.organisation_id and o.last_id < s.last_id
        where s.ctid = $1::tid group by s.audit_seq`,
      [row],
    );
    if (!cut) return 0;
    await tx.run(`delete from delivery_event where organisation_id = $1 and id > $2`, [organisation, cut.last]);
    await tx.run(`delete from ledger_seal where organisation_id = $1 and last_id > $2`, [organisation, cut.last]);
    return tx.run(`delete from audit_line where organisation_id = $1 and seq >= $2`, [organisation, cut.seq]);
  },
};

/** An event edited together with its columns, so that they agree. */
const CONSISTENT: Tampering = {
  says: 'delivery_event: state and text edited so that they agree',
  act: async (tx, organisation, chance) => {
    const row = await rowOf('delivery_event')(tx, organisation, chance);
    const state = chance.one(['accepted', 'refused', 'deferred', 'cancelled']);
    return tx.run(
      `update delivery_event set state = $2, body = regexp_replace(body, '("state": ?")[a-z_]+"', '\\1' || $2 || '"')
        where ctid = $1::tid and state <> $2`,
      [row, state],
    );
  },
};

/** A second event like one that is there, at the end, where no seal is yet. */
const REPEATED: Tampering = {
  says: 'delivery_event: an end told twice',
  act: async (tx, organisation, chance) => {
    const ended = `state in ('accepted', 'refused', 'suppressed', 'cancelled', 'expired')`;
    const row = await rowOf('delivery_event', ended)(tx, organisation, chance);
    return tx.run(
      `insert into delivery_event (organisation_id, distribution_id, delivery_id, at, state, body)
       select organisation_id, distribution_id, delivery_id, at, state, body from delivery_event where ctid = $1::tid`,
      [row],
    );
  },
};

const STRAY_SEAL: Tampering = {
  says: 'ledger_seal: a seal that the chain does not know',
  act: (tx, organisation, chance) =>
    tx.run(
      `insert into ledger_seal (organisation_id, first_id, last_id, events, root, audit_seq)
       select organisation_id, last_id + 1, last_id + 1 + $2::int, 1, root, audit_seq from ledger_seal
        where organisation_id = $1 order by last_id desc limit 1`,
      [organisation, chance.whole(0, 5)],
    ),
};

/** In three steps, for an address may stand only once in a distribution. */
const EXCHANGED_ADDRESSES: Tampering = {
  says: 'delivery: two rows exchange their addresses',
  act: async (tx, organisation, chance) => {
    const rows = await tx.rows<{ id: string; address: string }>(
      `select id, canonical_address as address from delivery
        where organisation_id = $1 and distribution_id = (select distribution_id from delivery where ctid = $2::tid) order by position`,
      [organisation, await rowOf('delivery')(tx, organisation, chance)],
    );
    const [one, two] = [chance.one(rows), chance.one(rows)];
    if (one.id === two.id) return 0;
    const set = `update delivery set canonical_address = $3 where organisation_id = $1 and id = $2`;
    await tx.run(set, [organisation, one.id, 'nobody']);
    await tx.run(set, [organisation, two.id, one.address]);
    return tx.run(set, [organisation, one.id, two.address]);
  },
};

const REHASH_FUNCTION = `
  create or replace function pg_temp.rehash(in_organisation uuid) returns int language plpgsql as $$
  declare line record; last bytea; n int := 0;
  begin
    last := sha256(convert_to('dateline audit chain of ' || in_organisation::text, 'UTF8'));
    for line in select seq, body from audit_line where organisation_id = in_organisation order by seq loop
      update audit_line set previous = last, hash = sha256(last || convert_to(line.body, 'UTF8'))
       where organisation_id = in_organisation and seq = line.seq
      returning hash into last;
      n := n + 1;
    end loop;
    return n;
  end $$`;

const STATES = ['ready', 'accepted', 'refused', 'deferred', 'unknown', 'held', 'suppressed', 'cancelled', 'expired'];

/** Edits, deletions, swaps and truncations of everything that a ledger rests on. */
export const TAMPERINGS: readonly Tampering[] = [
  edit('audit_line', 'body', letter('body')),
  edit('audit_line', 'at', instant('at')),
  edit('audit_line', 'type', letter('type')),
  edit('audit_line', 'subject', letter('subject')),
  edit('audit_line', 'previous', bit('previous')),
  edit('audit_line', 'hash', bit('hash')),
  edit('audit_line', 'organisation_id', uuid),
  edit('audit_line', 'seq', (chance) => `seq + ${chance.whole(1, 3) * 100_000}`),
  swap('audit_line', ['body']),
  swap('audit_line', ['body', 'at', 'type', 'subject', 'hash', 'previous']),
  remove('audit_line'),
  truncate('audit_line', 'seq'),
  REWRITTEN,
  REWOUND,
  edit('delivery_event', 'body', letter('body')),
  edit('delivery_event', 'state', word('state', STATES)),
  edit('delivery_event', 'at', instant('at')),
  edit('delivery_event', 'delivery_id', uuid),
  edit('delivery_event', 'distribution_id', uuid),
  edit('delivery_event', 'organisation_id', uuid),
  swap('delivery_event', ['body']),
  swap('delivery_event', ['body', 'state', 'at', 'delivery_id', 'distribution_id']),
  remove('delivery_event'),
  truncate('delivery_event', 'id'),
  CONSISTENT,
  REPEATED,
  edit('ledger_seal', 'first_id', (chance) => `first_id - ${chance.whole(1, 9)}`),
  edit('ledger_seal', 'last_id', (chance) => `last_id + ${chance.whole(1, 3) * 100_000}`),
  edit('ledger_seal', 'events', number('events')),
  edit('ledger_seal', 'root', bit('root')),
  edit('ledger_seal', 'audit_seq', number('audit_seq')),
  edit('ledger_seal', 'sealed_at', instant('sealed_at')),
  edit('ledger_seal', 'organisation_id', uuid),
  swap('ledger_seal', ['root', 'events']),
  remove('ledger_seal'),
  truncate('ledger_seal', 'last_id'),
  STRAY_SEAL,
  edit('delivery', 'state', word('state', STATES)),
  edit('delivery', 'reason', letter(`coalesce(reason, 'none')`)),
  edit('delivery', 'reply', letter(`coalesce(reply, 'none')`), `state in ('accepted', 'refused')`),
  edit('delivery', 'attempts', number('attempts'), `state in ('accepted', 'refused')`),
  edit('delivery', 'accepted_at', instant('accepted_at')),
  edit('delivery', 'updated_at', instant('updated_at')),
  edit('delivery', 'canonical_address', letter('canonical_address')),
  edit('delivery', 'address_key', bit('address_key')),
  edit('delivery', 'language', word('language', ['en', 'zh-Hant', 'zh-Hans'])),
  edit('delivery', 'journalist_id', uuid),
  edit('delivery', 'release_id', uuid),
  edit('delivery', 'epoch', number('epoch')),
  edit('delivery', 'shard', number('shard')),
  edit('delivery', 'position', (chance) => `position + ${chance.whole(1, 5) * 100_000}`),
  edit('delivery', 'message_sha256', bit('message_sha256'), 'message_sha256 is not null'),
  edit('delivery', 'id', uuid),
  edit('delivery', 'organisation_id', uuid),
  swap('delivery', ['message_sha256']),
  swap('delivery', ['address_key', 'journalist_id', 'name', 'language']),
  EXCHANGED_ADDRESSES,
  swap('delivery', ['state', 'reason', 'reply', 'accepted_at', 'updated_at', 'attempts']),
  remove('delivery'),
  truncate('delivery', 'position'),
];
