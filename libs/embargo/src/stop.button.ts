import { requireRole } from '#libs/accounts';
import type { AuditLog } from '#libs/audit';
import { Problem, type Actor, type ReleaseId, type Tx } from '#libs/kernel';

/** What is stopped: one release, everything of the officer's organisation, or everything on this installation. */
export type StopScope = { readonly release: ReleaseId } | 'organisation' | 'everything';

export interface PressedStop {
  readonly id: string;
  readonly release: ReleaseId | null;
  readonly everything: boolean;
  readonly reason: string;
  readonly pressedAt: Date;
}

/**
 * The stop button. Pressed, nothing more leaves; it stays pressed through every restart until somebody raises it.
 * Pressing takes the ledger latch exclusively, so that when it returns no open dot is still on its way through the gate.
 */
export class StopButton {
  constructor(private readonly audit: AuditLog) {}

  async press(tx: Tx, by: Actor, scope: StopScope, reason: string): Promise<void> {
    requireOps(by, 'Stopping');
    if (!reason.trim()) throw reasonMissing();
    await tx.rows(`select pg_advisory_xact_lock(hashtextextended('gate', 0))`);
    await tx.run(`insert into stop_button (organisation_id, release_id, reason, pressed_by) values ($1, $2, $3, $4)`, [
      scope === 'everything' ? null : by.organisation,
      typeof scope === 'object' ? scope.release : null,
      reason.trim().slice(0, 500),
      by.kind === 'officer' ? by.officer : by.name,
    ]);
    await this.audit.record(tx, by, { type: 'stop.pressed', subject: subjectOf(scope, by), facts: { reason } });
  }

  /** Raises every button of this scope. Returns how many stood. */
  async raise(tx: Tx, by: Actor, scope: StopScope, reason: string): Promise<number> {
    requireOps(by, 'Raising the stop button');
    const raised = await tx.run(
      `update stop_button set raised_at = clock_timestamp(), raised_by = $3
        where raised_at is null and organisation_id is not distinct from $1 and release_id is not distinct from $2`,
      [
        scope === 'everything' ? null : by.organisation,
        typeof scope === 'object' ? scope.release : null,
        by.kind === 'officer' ? by.officer : by.name,
      ],
    );
    if (raised > 0)
      await this.audit.record(tx, by, {
        type: 'stop.raised',
        subject: subjectOf(scope, by),
        facts: { reason, raised },
      });
    return raised;
  }

  /** The buttons that stand and touch this organisation, oldest first. */
  async pressed(tx: Pick<Tx, 'rows'>, organisation: string): Promise<PressedStop[]> {
    return tx.rows<PressedStop>(
      `select id, release_id as release, organisation_id is null as everything, reason, pressed_at as "pressedAt"
         from stop_button where raised_at is null and (organisation_id is null or organisation_id = $1) order by pressed_at`,
      [organisation],
    );
  }
}

function requireOps(by: Actor, act: string): void {
  if (by.kind === 'officer' && by.roles.includes('releaser')) return;
  requireRole(by, 'ops', act);
}

function subjectOf(scope: StopScope, by: Actor): string {
  if (scope === 'everything') return 'everything';
  return scope === 'organisation' ? `organisation:${by.organisation}` : `release:${scope.release}`;
}

function reasonMissing(): Problem {
  return new Problem({
    code: 'stop.reason',
    field: 'reason',
    message: 'A stop needs a reason.',
    remedy: 'Say in a few words why; it is shown to everybody who waits.',
  });
}
