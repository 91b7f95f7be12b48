import type { OrganisationId, Secrets } from '#libs/kernel';

/**
 * The pseudonym under which suppressions and the ledger know an address after the person is gone: 32 bytes, keyed, so
 * that nobody without the master key can try addresses against it, and different in every organisation.
 * @param canonical as `canonicalAddress` gives it
 */
export function addressKey(secrets: Secrets, organisation: OrganisationId, canonical: string): Buffer {
  return secrets.mac('address-pseudonym', `${organisation}\n${canonical}`);
}
