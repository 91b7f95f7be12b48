import type { MigrationClass } from '#libs/kernel';
import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Pictures and files, which version shows them, and the press kit of a version. The bytes lie in the asset store. */
class Assets1795400003500 implements MigrationInterface {
  name = 'Assets1795400003500';

  async up(run: QueryRunner): Promise<void> {
    await this.files(run);
    await this.versions(run);
    await this.immutable(run);
  }

  private async files(run: QueryRunner): Promise<void> {
    // the key is the public name: drawn by PostgreSQL's strong random source, never derived from anything
    await run.query(`
      create table asset (
        organisation_id uuid not null references organisation (id),
        id uuid not null,
        sha256 bytea not null check (octet_length(sha256) = 32),
        file_name text not null check (length(file_name) between 1 and 200),
        public_name text not null check (public_name ~ '^[A-Za-z0-9][A-Za-z0-9._-]{0,99}$' and public_name <> 'preview.jpg'),
        media_type text not null,
        bytes bigint not null check (bytes > 0),
        width int,
        height int,
        public_key bytea not null unique check (octet_length(public_key) = 16),
        created_at timestamptz not null default clock_timestamp(),
        primary key (organisation_id, id),
        check ((width is null) = (height is null))
      )`);
    await run.query(`
      create table rendition (
        organisation_id uuid not null,
        asset_id uuid not null,
        kind text not null check (kind in ('preview')),
        sha256 bytea not null check (octet_length(sha256) = 32),
        media_type text not null,
        bytes int not null check (bytes > 0),
        width int not null,
        height int not null,
        primary key (organisation_id, asset_id, kind),
        foreign key (organisation_id, asset_id) references asset (organisation_id, id)
      )`);
  }

  private async versions(run: QueryRunner): Promise<void> {
    await run.query(`
      create table release_asset (
        organisation_id uuid not null,
        release_id uuid not null,
        version_sha256 bytea not null,
        asset_id uuid not null,
        position int not null,
        primary key (organisation_id, release_id, version_sha256, asset_id),
        foreign key (organisation_id, release_id) references release (organisation_id, id),
        foreign key (organisation_id, asset_id) references asset (organisation_id, id)
      )`);
    // every public read of a file starts from the file and asks which versions show it
    await run.query(`create index release_asset_shown_by on release_asset (organisation_id, asset_id)`);
    // an approval binds the version's hash: a file that the hashed text does not name must never become public under it
    await run.query(`
      create function release_asset_is_in_the_version() returns trigger language plpgsql as $$
      begin
        if not exists (
             select from release_version v
               join asset a on a.organisation_id = v.organisation_id and a.id = new.asset_id
              where v.organisation_id = new.organisation_id and v.release_id = new.release_id and v.sha256 = new.version_sha256
                and v.content::jsonb -> 'assets' ->> a.id::text = encode(a.sha256, 'hex')) then
          raise exception 'asset % is not in this version of release %', new.asset_id, new.release_id
            using errcode = 'restrict_violation';
        end if;
        return new;
      end $$`);
    await run.query(`
      create trigger release_asset_is_in_the_version before insert on release_asset
        for each row execute function release_asset_is_in_the_version()`);
    await run.query(`
      create table release_kit (
        organisation_id uuid not null,
        release_id uuid not null,
        version_sha256 bytea not null,
        sha256 bytea not null check (octet_length(sha256) = 32),
        file_name text not null check (file_name ~ '^[A-Za-z0-9][A-Za-z0-9._-]{0,99}$'),
        public_key bytea not null unique check (octet_length(public_key) = 16),
        bytes bigint not null check (bytes > 0),
        created_at timestamptz not null default clock_timestamp(),
        primary key (organisation_id, release_id, version_sha256),
        foreign key (organisation_id, release_id) references release (organisation_id, id)
      )`);
  }

  /** What an officer approved stays what it was: no row of these changes or goes, whoever asks. */
  private async immutable(run: QueryRunner): Promise<void> {
    for (const table of ['asset', 'rendition', 'release_asset', 'release_kit']) {
      await run.query(
        `create trigger ${table}_append_only before update or delete on ${table} for each row execute function refuse_change()`,
      );
      await run.query(`revoke update, delete, truncate on ${table} from dateline_app`);
    }
  }

  async down(run: QueryRunner): Promise<void> {
    for (const table of ['release_kit', 'release_asset', 'rendition', 'asset']) await run.query(`drop table ${table}`);
    await run.query(`drop function release_asset_is_in_the_version()`);
  }
}

export const assetsMigrations: readonly MigrationClass[] = [Assets1795400003500];
