export * from './assets.js';
export { AssetStore, type StoredFile } from './asset-store.js';
export { Kits, type KitText } from './kits.js';
export { PublicLinks, publicKey } from './public-links.js';
export { PREVIEW_NAME } from './file-names.js';
export { contentDisposition } from './content-disposition.js';
export { MEDIA_TYPES, type MediaType } from './media-type.js';
export { assetsMigrations } from './assets.migration.js';
