import type { Assets, Kits } from '#libs/assets';
import type { AuditLog } from '#libs/audit';
import type { Contacts } from '#libs/contacts';
import type { Letters } from '#libs/delivery';
import type { Embargoes } from '#libs/embargo';
import type { Releases } from '#libs/releases';

/** The rooms the desk acts across. */
export interface DeskTools {
  readonly releases: Releases;
  readonly embargoes: Embargoes;
  readonly contacts: Contacts;
  readonly letters: Letters;
  readonly assets: Assets;
  readonly kits: Kits;
  readonly audit: AuditLog;
}
