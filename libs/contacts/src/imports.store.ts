import type { AuditLog } from '#libs/audit';
import {
  Problem,
  actorLabel,
  newId,
  type Actor,
  type ImportBatchId,
  type OrganisationId,
  type Secrets,
  type Tx,
} from '#libs/kernel';
import type { ImportDefaults } from './import-merge.js';
import type { ImportRequest } from './import-request.js';
import { ImportRun, type ImportTally } from './import-run.store.js';
import { undoBatch, type UndoReport } from './import-undo.store.js';
import { readZone } from './zone.js';

/** rowsIn = created + merged + unchanged + rejected, always. */
export interface ImportReport extends ImportTally {
  /** null for a dry run. */
  readonly batch: ImportBatchId | null;
}

export interface ImportBatch {
  readonly id: ImportBatchId;
  readonly fileName: string;
  readonly rowsIn: number;
  readonly created: number;
  readonly merged: number;
  readonly unchanged: number;
  readonly rejected: number;
  readonly importedBy: string;
  readonly importedAt: Date;
  readonly undoneAt: Date | null;
}

/** Brings whole files of journalists in, and takes a file out again. */
export class Imports {
  constructor(
    private readonly secrets: Secrets,
    private readonly audit: AuditLog,
  ) {}

  /** A dry run: says exactly what `run` would do with the rows as they are now, and changes nothing. */
  async plan(tx: Tx, organisation: OrganisationId, request: ImportRequest): Promise<ImportReport> {
    checkDefaults(request.defaults);
    return { batch: null, ...(await new ImportRun(tx, organisation, this.secrets, request, null).all()) };
  }

  /**
   * Imports a file: all of it or, when anything throws, nothing. Rejected rows are in the report and nowhere else.
   * Throws a Problem for a file that cannot be read to its end, or while another import of the organisation runs.
   */
  async run(tx: Tx, by: Actor, request: ImportRequest): Promise<ImportReport> {
    checkDefaults(request.defaults);
    await this.alone(tx, by.organisation);
    const batch = newId<ImportBatchId>();
    const { layout, fileName } = request.table;
    await tx.run(
      `insert into import_batch (organisation_id, id, file_name, layout, mapping, imported_by) values ($1, $2, $3, $4, $5, $6)`,
      [by.organisation, batch, fileName, JSON.stringify(layout), JSON.stringify(request.mapping), actorLabel(by)],
    );
    const tally = await new ImportRun(tx, by.organisation, this.secrets, request, batch).all();
    const { rowsIn, created, merged, unchanged, rejected, suppressed } = tally;
    await tx.run(
      `update import_batch
          set rows_in = $3, created = $4, merged = $5, unchanged = $6, rejected = $7, suppressed = $8
        where organisation_id = $1 and id = $2`,
      [by.organisation, batch, rowsIn, created, merged, unchanged, rejected, suppressed],
    );
    await this.audit.record(tx, by, {
      type: 'contacts.imported',
      subject: `import:${batch}`,
      facts: { rowsIn, created, merged, unchanged, rejected, suppressed },
    });
    return { batch, ...tally };
  }

  /**
   * Puts everything back as it was before a batch: takes away journalists, outlets, beats and lists it brought, and what
   * it changed gets its old values. Journalists edited since are left alone and named in the report. Suppressions stay.
   * Throws a Problem when there is no such batch or it is undone already.
   */
  async undo(tx: Tx, by: Actor, batch: ImportBatchId): Promise<UndoReport> {
    await this.alone(tx, by.organisation);
    const found = await tx.run(
      `update import_batch set undone_by = $3, undone_at = clock_timestamp()
        where organisation_id = $1 and id = $2 and undone_at is null`,
      [by.organisation, batch, actorLabel(by)],
    );
    if (found === 0) throw nothingToUndo();
    const report = await undoBatch(tx, by.organisation, this.secrets, batch);
    await this.audit.record(tx, by, {
      type: 'contacts.import-undone',
      subject: `import:${batch}`,
      facts: { removed: report.removed, restored: report.restored, kept: report.kept.length },
    });
    return report;
  }

  /** The batches of an organisation, latest first. */
  async batches(tx: Pick<Tx, 'rows'>, organisation: OrganisationId, limit = 50): Promise<ImportBatch[]> {
    return tx.rows<ImportBatch>(
      `select id, file_name as "fileName", rows_in as "rowsIn", created, merged, unchanged, rejected,
              imported_by as "importedBy", imported_at as "importedAt", undone_at as "undoneAt"
         from import_batch where organisation_id = $1 order by imported_at desc limit $2`,
      [organisation, limit],
    );
  }

  /** Two imports at once could each count a journalist as created; one waits for nobody, it is told to come later. */
  private async alone(tx: Tx, organisation: OrganisationId): Promise<void> {
    const row = await tx.first<{ alone: boolean }>(
      `select pg_try_advisory_xact_lock(hashtextextended('import:' || $1::text, 0)) as alone`,
      [organisation],
    );
    if (!row?.alone) throw busy();
  }
}

function checkDefaults(defaults: ImportDefaults): void {
  if (readZone(defaults.zone) !== defaults.zone) throw misfit('zone', 'Write an IANA name such as Asia/Hong_Kong.');
  if (defaults.consentSource.trim() === '')
    throw misfit('consentSource', 'Say where the consent of these journalists comes from.');
}

function misfit(field: string, remedy: string): Problem {
  return new Problem({
    code: `contacts.import.default-${field}`,
    field,
    message: `The value for rows without their own "${field}" does not fit.`,
    remedy,
  });
}

function busy(): Problem {
  return new Problem({
    code: 'contacts.import.busy',
    field: 'file',
    status: 409,
    message: 'Another import of this organisation is running.',
    remedy: 'Wait until it has ended and try again.',
  });
}

function nothingToUndo(): Problem {
  return new Problem({
    code: 'contacts.import.nothing-to-undo',
    field: 'batch',
    status: 409,
    message: 'There is no such import here, or it is undone already.',
    remedy: 'Look at the list of imports.',
  });
}
