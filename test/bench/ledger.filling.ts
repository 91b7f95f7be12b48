import { FrozenRows } from '#libs/delivery';
import { addressKey } from '#libs/contacts';
import { AuditLog } from '#libs/audit';
import { newId, type Database, type DistributionId, type OrganisationId, type Secrets, type Tx } from '#libs/kernel';

/** Distributions of one organisation, a day apart; the way a ledger of a few years looks. */
const DISTRIBUTIONS = 13;
const SHARD = 250;

/** `e` as event bodies write instants. */
const told = (e: string) => `to_char((${e}) at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"')`;

const LEFT = `d.t + make_interval(secs => 0.04 + d.position * 0.0002)`;
const ANSWERED = `d.t + make_interval(secs => 0.05 + d.position * 0.0002)`;
const WRITTEN = `d.t + make_interval(secs => 0.06 + d.position * 0.0002)`;
const LATER = `interval '62 s'`;
const OK = `',"code":250,"reply":"250 2.0.0 Ok: queued as 4F6B2C0A' || d.position || '"'`;

interface Step {
  readonly state: string;
  readonly at: string;
  readonly says: string;
  readonly of: string;
}

/** One in twenty is refused, one in twenty asked to wait first: 3.1 events a delivery. */
const STEPS: readonly Step[] = [
  {
    state: 'planned',
    at: `d.t - interval '14 min'`,
    says: `',"recipient":"' || encode(d.key, 'hex') || '","language":"' || d.language || '"'`,
    of: 'true',
  },
  { state: 'dot_pending', at: LEFT, says: `',"attempt":1,"worker":"worker-1-4711"'`, of: 'true' },
  {
    state: 'accepted',
    at: WRITTEN,
    says: `',"attempt":1' || ${OK} || ',"observedAt":"' || ${told(ANSWERED)} || '"'`,
    of: `d.fate = 'accepted'`,
  },
  {
    state: 'refused',
    at: WRITTEN,
    says: `',"attempt":1,"code":550,"reply":"550 5.1.1 No such user here","reason":"address_at_rcpt","observedAt":"' || ${told(ANSWERED)} || '"'`,
    of: `d.fate = 'refused'`,
  },
  {
    state: 'deferred',
    at: WRITTEN,
    says: `',"attempt":1,"code":450,"reply":"450 4.2.0 Greylisted","reason":"The recipient’s server asks to wait."'`,
    of: `d.fate = 'waited'`,
  },
  {
    state: 'dot_pending',
    at: `${LEFT} + ${LATER}`,
    says: `',"attempt":2,"worker":"worker-1-4711"'`,
    of: `d.fate = 'waited'`,
  },
  {
    state: 'accepted',
    at: `${WRITTEN} + ${LATER}`,
    says: `',"attempt":2' || ${OK} || ',"observedAt":"' || ${told(`${ANSWERED} + ${LATER}`)} || '"'`,
    of: `d.fate = 'waited'`,
  },
];

const EVENTS = `
  insert into delivery_event (organisation_id, distribution_id, delivery_id, at, state, body)
  select $1, x.distribution, x.id, x.at, x.state,
         '{"delivery":"' || x.id || '","distribution":"' || x.distribution || '","at":"' || ${told('x.at')}
           || '","state":"' || x.state || '"' || x.says || '}'
    from (${STEPS.map(
      (
        step,
        n,
      ) => `select d.distribution, d.id, '${step.state}' as state, ${step.at} as at, ${step.says} as says, ${n} as n
              from filling d where ${step.of}`,
    ).join(' union all ')}) x
   order by x.at, x.n`;

const ROWS = `
  insert into delivery (organisation_id, distribution_id, id, release_id, epoch, journalist_id, canonical_address, address_key, name,
                        language, shard, position, state, message_sha256, lease_token, attempts, reason, reply, accepted_at, updated_at)
  select $1, d.distribution, d.id, d.release, 1, gen_random_uuid(), d.address, d.key, 'Journalist ' || d.position, d.language,
         d.position / ${SHARD}, d.position, case when d.fate = 'refused' then 'refused' else 'accepted' end, sha256(d.key),
         gen_random_uuid(), case when d.fate = 'waited' then 2 else 1 end,
         case when d.fate = 'refused' then 'address_at_rcpt' end,
         case when d.fate = 'refused' then '550 5.1.1 No such user here' else '250 2.0.0 Ok: queued as 4F6B2C0A' || d.position end,
         case d.fate when 'accepted' then ${ANSWERED} when 'waited' then ${ANSWERED} + ${LATER} end,
         case d.fate when 'waited' then ${WRITTEN} + ${LATER} else ${WRITTEN} end
    from filling d`;

/** An organisation with about 3.1 ledger events for each of so many deliveries. Not sealed yet. */
export async function fillLedger(owner: Database, secrets: Secrets, deliveries: number): Promise<OrganisationId> {
  const organisation = newId<OrganisationId>();
  const each = Math.ceil(deliveries / DISTRIBUTIONS);
  await owner.transaction(async (tx) => {
    // no triggers and no foreign keys: what is tested is the reading
    await tx.rows(`set local session_replication_role = replica`);
    await tx.rows(
      `insert into organisation (id, slug, names, desk_address, postal_address, zone)
       values ($1, 'bench', '{}', 'desk@example.com', '{}', 'Asia/Hong_Kong')`,
      [organisation],
    );
    await distributions(tx, organisation, each);
    await recipients(tx, organisation, secrets, each);
    await tx.run(ROWS, [organisation]);
    await tx.run(EVENTS, [organisation]);
    await tellPrepared(tx, organisation);
  });
  await owner.rows(`vacuum analyze delivery`);
  await owner.rows(`vacuum analyze delivery_event`);
  return organisation;
}

async function distributions(tx: Tx, organisation: OrganisationId, each: number): Promise<void> {
  await tx.rows(
    `create temp table filled on commit drop as
     select gen_random_uuid() as id, gen_random_uuid() as release,
            date_trunc('milliseconds', now()) - make_interval(days => ${DISTRIBUTIONS} - n) as t
       from generate_series(0, ${DISTRIBUTIONS} - 1) n`,
  );
  await tx.run(
    `insert into distribution (organisation_id, id, release_id, epoch, kind, state, version_sha256, audience_sha256, lifts_at,
                               unknown_policy, seed, shards, planned)
     select $1, id, release, 1, 'release', 'finished', sha256('v'), sha256('a'), t, 'hold', 1, ceil($2::numeric / ${SHARD}), $2 from filled`,
    [organisation, each],
  );
  await tx.run(
    `insert into lift (organisation_id, release_id, epoch, lifts_at, lifted_at, version_sha256)
     select $1, release, 1, t, t + interval '2 ms', sha256('v') from filled`,
    [organisation],
  );
}

async function recipients(tx: Tx, organisation: OrganisationId, secrets: Secrets, each: number): Promise<void> {
  const addresses = Array.from({ length: each }, (_, n) => `journalist.${n}@outlet-${n % 977}.example.com`);
  const keys = addresses.map((address) => addressKey(secrets, organisation, address));
  await tx.rows(
    `create temp table filling on commit drop as
     select gen_random_uuid() as id, f.id as distribution, f.release, f.t, (a.n - 1)::int as position, a.address, a.key,
            case a.n % 20 when 7 then 'refused' when 3 then 'waited' else 'accepted' end as fate,
            (array['zh-Hant', 'zh-Hans', 'en'])[1 + a.n % 3] as language
       from filled f, unnest($1::text[], $2::bytea[]) with ordinality as a (address, key, n)`,
    [addresses, keys],
  );
}

async function tellPrepared(tx: Tx, organisation: OrganisationId): Promise<void> {
  const audit = new AuditLog();
  for (const { id, release } of await tx.rows<{ id: DistributionId; release: string }>(
    `select id, release from filled`,
  )) {
    const frozen = await new FrozenRows(tx, organisation).root(id);
    const by = { kind: 'process', organisation, name: 'prepare' } as const;
    await audit.record(tx, by, {
      type: 'release.prepared',
      subject: `release:${release}`,
      facts: { epoch: 1, distribution: id, frozen },
    });
  }
}
