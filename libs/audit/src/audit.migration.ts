import type { MigrationClass } from '#libs/kernel';
import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * The hash chain: one per organisation, written only by `audit_append`, which serialises on an advisory lock. The hash is
 * over the stored text itself, so whoever checks it needs no rule for canonical JSON.
 */
class AuditChain1795400000500 implements MigrationInterface {
  name = 'AuditChain1795400000500';

  async up(run: QueryRunner): Promise<void> {
    await run.query(`
      create table audit_line (
        organisation_id uuid not null,
        seq bigint not null,
        at timestamptz not null,
        type text not null,
        subject text not null,
        body text not null,
        previous bytea not null check (octet_length(previous) = 32),
        hash bytea not null check (octet_length(hash) = 32),
        primary key (organisation_id, seq)
      )`);
    await run.query(`create index audit_line_subject on audit_line (organisation_id, subject, seq)`);
    await run.query(`
      create trigger audit_line_append_only before update or delete on audit_line
        for each row execute function refuse_change()`);
    await run.query(`
      create trigger audit_line_no_truncate before truncate on audit_line
        for each statement execute function refuse_change()`);
    await run.query(`revoke update, delete, truncate on audit_line from dateline_app`);
    await run.query(`
      create function audit_append(
        in_organisation uuid, in_actor text, in_type text, in_subject text, in_facts jsonb,
        out out_seq bigint, out out_hash bytea
      ) language plpgsql as $$
      declare
        last_hash bytea;
        moment timestamptz;
        line text;
      begin
        perform pg_advisory_xact_lock(hashtextextended('audit:' || in_organisation::text, 0));
        select a.seq, a.hash into out_seq, last_hash
          from audit_line a where a.organisation_id = in_organisation order by a.seq desc limit 1;
        out_seq := coalesce(out_seq, 0) + 1;
        last_hash := coalesce(last_hash, sha256(convert_to('dateline audit chain of ' || in_organisation::text, 'UTF8')));
        moment := clock_timestamp();
        line := jsonb_build_object(
          'seq', out_seq, 'at', to_char(moment at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"'),
          'actor', in_actor, 'type', in_type, 'subject', in_subject, 'facts', in_facts)::text;
        out_hash := sha256(last_hash || convert_to(line, 'UTF8'));
        insert into audit_line (organisation_id, seq, at, type, subject, body, previous, hash)
        values (in_organisation, out_seq, moment, in_type, in_subject, line, last_hash, out_hash);
      end $$`);
  }

  async down(run: QueryRunner): Promise<void> {
    await run.query(`drop function audit_append(uuid, text, text, text, jsonb)`);
    await run.query(`drop table audit_line`);
  }
}

export const auditMigrations: readonly MigrationClass[] = [AuditChain1795400000500];
