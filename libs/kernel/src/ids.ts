import { randomUUID } from 'node:crypto';

declare const brand: unique symbol;
/** A string that only its own maker may hand out: an OfficerId never fits where a ReleaseId is asked for. */
export type Branded<Name extends string> = string & { readonly [brand]: Name };

export type OrganisationId = Branded<'organisation'>;
export type OfficerId = Branded<'officer'>;
export type JournalistId = Branded<'journalist'>;
export type MediaListId = Branded<'mediaList'>;
export type ImportBatchId = Branded<'importBatch'>;
export type ReleaseId = Branded<'release'>;
export type AssetId = Branded<'asset'>;
export type DistributionId = Branded<'distribution'>;
export type DeliveryId = Branded<'delivery'>;

/** A new random id (UUID version 4, RFC 9562). */
export function newId<Id extends Branded<string>>(): Id {
  return randomUUID() as Id;
}

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/;

/** Tells whether a text has the shape of one of our ids; says nothing about whether such a thing exists. */
export function isId(text: string): boolean {
  return UUID.test(text);
}
