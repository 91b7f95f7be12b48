import { Problem, type ImportBatchId, type OrganisationId, type Secrets, type Tx } from '#libs/kernel';
import { mergeDraft, type JournalistState } from './import-merge.js';
import { RowReader, rejection, type JournalistDraft } from './import-row.js';
import { ImportStates } from './import-states.store.js';
import type { ImportRequest } from './import-request.js';
import { LabelBook } from './label-book.store.js';
import { oneLabel, type Label, type LabelKind } from './label.js';
import type { Rejection } from './rejection.js';
import type { TableRow } from './table.js';
import { tableRows } from './table-preview.js';

export interface ImportTally {
  readonly rowsIn: number;
  readonly created: number;
  readonly merged: number;
  readonly unchanged: number;
  readonly rejected: number;
  /** Of the journalists in the file, how many are suppressed and stay so. */
  readonly suppressed: number;
  readonly rejections: readonly Rejection[];
  /** Addresses with a plus tag, which may reach someone who is on the lists already. */
  readonly plusTags: readonly { readonly line: number; readonly address: string }[];
  /** Names that were not known before. */
  readonly newOutlets: readonly string[];
  readonly newBeats: readonly string[];
  readonly newLists: readonly string[];
}

/** Rows handled together: large enough that round trips do not count, small enough that memory does not either. */
const BATCH_ROWS = 1_000;

/** One walk through one file. Dry without a batch: reads the same, decides the same, writes nothing. */
export class ImportRun {
  private readonly states: ImportStates;
  private readonly book: LabelBook;
  private readonly reader: RowReader;
  private readonly extraLists: readonly Label[];
  /** In a dry run: addresses that stand in the file more than once, and those of them met so far, as they would be. */
  private readonly repeated = new Set<string>();
  private readonly touched = new Map<string, JournalistState>();
  private readonly rejections: Rejection[] = [];
  private readonly plusTags: { line: number; address: string }[] = [];
  private readonly counts = { created: 0, merged: 0, unchanged: 0 };
  private readonly suppressed = new Set<string>();
  private rowsIn = 0;

  constructor(
    private readonly tx: Tx,
    private readonly organisation: OrganisationId,
    secrets: Secrets,
    private readonly request: ImportRequest,
    private readonly batch: ImportBatchId | null,
  ) {
    this.states = new ImportStates(tx, organisation, secrets);
    this.book = new LabelBook(tx, organisation, batch);
    const { language } = request.defaults;
    this.reader = new RowReader(request.mapping, language === 'en' ? undefined : language);
    this.extraLists = (request.lists ?? []).map((name) => oneLabel(name, 'lists', 'lists'));
  }

  async all(): Promise<ImportTally> {
    if (!this.batch) await this.findRepeated();
    let waiting: TableRow[] = [];
    for await (const rows of tableRows(this.request.bytes, this.request.table)) {
      waiting.push(...rows);
      while (waiting.length >= BATCH_ROWS) {
        await this.take(waiting.slice(0, BATCH_ROWS));
        waiting = waiting.slice(BATCH_ROWS);
      }
    }
    await this.take(waiting);
    if (this.batch && this.rowsIn > BATCH_ROWS) await this.states.analyze();
    return this.tally();
  }

  /** A dry run must remember what it would have done to these; to remember everybody took 130 MB for 100,000 rows. */
  private async findRepeated(): Promise<void> {
    const met = new Set<string>();
    for await (const rows of tableRows(this.request.bytes, this.request.table)) {
      for (const row of rows) {
        const canonical = this.reader.addressOf(row);
        if (canonical === undefined) continue;
        if (met.has(canonical)) this.repeated.add(canonical);
        met.add(canonical);
      }
    }
  }

  private async take(rows: readonly TableRow[]): Promise<void> {
    const drafts = rows.flatMap((row) => this.draftOf(row));
    for (const kind of ['outlet', 'beat', 'lists'] as const) await this.book.learn(kind, labelsOf(drafts, kind));
    const before = await this.load(drafts);
    const now = new Map<string, JournalistState>(before);
    for (const draft of drafts) this.merge(draft, now);
    if (this.batch) await this.write(before, now, this.batch);
    else this.keepRepeated(changed(before, now));
    for (const canonical of await this.states.suppressedAmong([...now.values()])) this.suppressed.add(canonical);
    this.rowsIn += rows.length;
    this.request.progress?.(this.rowsIn);
  }

  private keepRepeated(states: readonly JournalistState[]): void {
    for (const state of states) if (this.repeated.has(state.canonical)) this.touched.set(state.canonical, state);
  }

  private draftOf(row: TableRow): JournalistDraft[] {
    const read = this.reader.read(row);
    if (!('reason' in read)) return [{ ...read, lists: [...read.lists, ...this.extraLists] }];
    this.rejections.push(read);
    return [];
  }

  /** What is known about these addresses: from this file, or from the database. */
  private async load(drafts: readonly JournalistDraft[]): Promise<Map<string, JournalistState>> {
    const canonicals = [...new Set(drafts.map((draft) => draft.canonical))];
    const known = new Map<string, JournalistState>();
    const unknown: string[] = [];
    for (const canonical of canonicals) {
      const state = this.touched.get(canonical);
      if (state) known.set(canonical, state);
      else unknown.push(canonical);
    }
    for (const state of await this.states.withAddresses(unknown, this.batch !== null))
      known.set(state.canonical, state);
    return known;
  }

  private merge(draft: JournalistDraft, now: Map<string, JournalistState>): void {
    const filter = this.book.filterAmong(draft.lists);
    if (filter) return this.reject(draft, 'lists', 'list-is-filter', filter.name);
    const ids = {
      outlets: this.book.idsOf('outlet', draft.outlets),
      beats: this.book.idsOf('beat', draft.beats),
      lists: this.book.idsOf('lists', draft.lists),
    };
    const merged = mergeDraft(now.get(draft.canonical), draft, ids, this.request.defaults);
    if (merged.outcome === 'rejected') return this.reject(draft, 'language', 'language-missing', '');
    now.set(draft.canonical, merged.state);
    this.counts[merged.outcome] += 1;
    if (draft.warnings.includes('plus-tag')) this.plusTags.push({ line: draft.row.line, address: draft.address });
  }

  private reject(
    draft: JournalistDraft,
    field: 'lists' | 'language',
    reason: 'list-is-filter' | 'language-missing',
    value: string,
  ): void {
    this.rejections.push(rejection(draft.row, field, reason, value));
  }

  private async write(
    before: ReadonlyMap<string, JournalistState>,
    now: ReadonlyMap<string, JournalistState>,
    batch: ImportBatchId,
  ): Promise<void> {
    const states = changed(before, now);
    const created = states.filter((state) => !before.has(state.canonical));
    const merged = states.filter((state) => before.has(state.canonical));
    if ((await this.states.insert(created)) !== created.length) throw raced();
    await this.states.update(merged);
    await this.remember(batch, before, states);
  }

  /** Keeps what undoing needs. A journalist met again later in the file keeps the first `before`. */
  private async remember(
    batch: ImportBatchId,
    before: ReadonlyMap<string, JournalistState>,
    states: readonly JournalistState[],
  ): Promise<void> {
    if (states.length === 0) return;
    await this.tx.run(
      `insert into import_change (organisation_id, batch_id, journalist_id, before, after)
       select $1, $2, v.id, v.before, v.after from unnest($3::uuid[], $4::jsonb[], $5::jsonb[]) as v (id, before, after)
       on conflict (organisation_id, batch_id, journalist_id) do update set after = excluded.after`,
      [
        this.organisation,
        batch,
        states.map((state) => state.id),
        states
          .map((state) => JSON.stringify(before.get(state.canonical) ?? null))
          .map((text) => (text === 'null' ? null : text)),
        states.map((state) => JSON.stringify({ ...state, updatedAt: undefined })),
      ],
    );
  }

  private tally(): ImportTally {
    const rejected = this.rejections.length;
    const { created, merged, unchanged } = this.counts;
    if (this.rowsIn !== created + merged + unchanged + rejected) throw new Error('the import lost count of its rows');
    return {
      rowsIn: this.rowsIn,
      ...this.counts,
      rejected,
      suppressed: this.suppressed.size,
      rejections: this.rejections.sort((a, b) => a.line - b.line),
      plusTags: this.plusTags,
      newOutlets: this.book.fresh.outlet,
      newBeats: this.book.fresh.beat,
      newLists: this.book.fresh.lists,
    };
  }
}

function* labelsOf(drafts: readonly JournalistDraft[], kind: LabelKind): Generator<Label> {
  for (const draft of drafts) yield* kind === 'outlet' ? draft.outlets : kind === 'beat' ? draft.beats : draft.lists;
}

/** New ones, and those whose state is no longer the one they had. */
function changed(
  before: ReadonlyMap<string, JournalistState>,
  now: ReadonlyMap<string, JournalistState>,
): JournalistState[] {
  return [...now.values()].filter((state) => before.get(state.canonical) !== state);
}

function raced(): Problem {
  return new Problem({
    code: 'contacts.import.raced',
    field: 'file',
    status: 409,
    message: 'Someone added one of these journalists while the import was running; nothing was imported.',
    remedy: 'Run the import again.',
  });
}
