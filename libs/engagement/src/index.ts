export { engagementMigrations } from './engagement.migration.js';
export { EngagementStore, type Reader, type UnsubscribeWay } from './engagement.store.js';
export { MailedLinks } from './mailed-links.js';
export { PublicFiles, type PublicFile } from './public-files.views.js';
export { preferencesWish, unsubscribeWish, type PreferencesWish } from './wish.js';
export { preferencesPage, unsubscribePage } from './reader.pages.js';
export { FAILED_PAGE, MISSING_PAGE } from './neutral.pages.js';
export { STYLE_HASH } from './page.style.js';
