import { AuditLog } from '#libs/audit';
import { InstanceStore, quarantineSentence, WatermarkFile, whyNotLive } from '#libs/embargo';
import { Alarms, type Database, type Settings } from '#libs/kernel';
import { fail, ok, type Finding } from './finding.js';

/** PostgreSQL's words for a table or function that a migration to come will make. */
const NOT_YET = ['42P01', '42883'];

/** Whether this is the database that was live before, or a copy of it. Looks and records nothing. */
export async function checkInstance(db: Database, settings: Settings): Promise<Finding[]> {
  const store = new InstanceStore(new AuditLog(), new Alarms());
  try {
    const state = await store.state(db);
    const name = `${state.now.systemIdentifier}-${state.now.databaseOid}`;
    const watermark = new WatermarkFile(settings.text('DATELINE_DATA')).read(name);
    const why = state.open?.why ?? whyNotLive(watermark ? await store.state(db, watermark) : state, watermark);
    if (why === undefined) return [ok('database.live', 'This is the database that was live before.')];
    return [
      fail(
        'database.live',
        quarantineSentence(why),
        'See that nothing else sends any more, then: "dateline live --reason …" (docs/runbook.md, “A restored database”).',
      ),
    ];
  } catch (error) {
    if (NOT_YET.includes((error as { code?: string }).code ?? '')) return [];
    throw error;
  }
}
