import { newId, type ImportBatchId, type OrganisationId, type Tx } from '#libs/kernel';
import { labelIds, type LabelTable } from './label.store.js';
import type { Label, LabelKind } from './label.js';

const TABLES = { outlet: 'outlet', beat: 'beat', lists: 'media_list' } as const satisfies Record<LabelKind, LabelTable>;

/**
 * Names and their ids during one import, each looked up once. Without a batch it is a dry run: new names get an id that
 * nobody will see again.
 */
export class LabelBook {
  private readonly known = {
    outlet: new Map<string, string>(),
    beat: new Map<string, string>(),
    lists: new Map<string, string>(),
  };
  private readonly filters = new Set<string>();
  /** Names this import brings. */
  readonly fresh: Readonly<Record<LabelKind, string[]>> = { outlet: [], beat: [], lists: [] };

  constructor(
    private readonly tx: Tx,
    private readonly organisation: OrganisationId,
    private readonly batch: ImportBatchId | null,
  ) {}

  /** Learns these names; afterwards `idsOf` knows them. */
  async learn(kind: LabelKind, labels: Iterable<Label>): Promise<void> {
    const asked = new Map(
      [...labels].filter((label) => !this.known[kind].has(label.key)).map((label) => [label.key, label]),
    );
    if (asked.size === 0) return;
    await this.look(kind, [...asked.keys()]);
    const missing = [...asked.values()].filter((label) => !this.known[kind].has(label.key));
    this.fresh[kind].push(...missing.map((label) => label.name));
    const made = this.batch
      ? await labelIds(this.tx, this.organisation, TABLES[kind], missing, this.batch)
      : new Map(missing.map((label) => [label.key, newId()]));
    for (const [key, id] of made) this.known[kind].set(key, id);
  }

  idsOf(kind: LabelKind, labels: readonly Label[]): readonly string[] {
    return labels.map((label) => {
      const id = this.known[kind].get(label.key);
      if (!id) throw new Error('a label was used before it was learnt');
      return id;
    });
  }

  /** The first of these lists that is found by a filter, on which nobody can be put. */
  filterAmong(labels: readonly Label[]): Label | undefined {
    return labels.find((label) => this.filters.has(label.key));
  }

  private async look(kind: LabelKind, keys: readonly string[]): Promise<void> {
    // unique (organisation_id, name_key)
    const rows = await this.tx.rows<{ id: string; name_key: string; kind: string }>(
      `select id, name_key, ${kind === 'lists' ? 'kind' : `'' as kind`} from ${TABLES[kind]}
        where organisation_id = $1 and name_key = any($2)`,
      [this.organisation, keys],
    );
    for (const row of rows) {
      this.known[kind].set(row.name_key, row.id);
      if (row.kind === 'filter') this.filters.add(row.name_key);
    }
  }
}
