export * from './schema.js';
export { openPatiently, type Patience } from './patient-database.js';
export { requireSettings, startFailure } from './start-failure.js';
export { Doctor, type DoctorTools, type Examination } from './doctor.js';
export { examinedDatabase } from './examined-database.js';
export { VERDICTS, type Finding, type Verdict } from './finding.js';
export { dnsLookup, type Answer, type Lookup } from './lookup.js';
export { isUpcoming, judgeUpcoming, type Pace, type Upcoming } from './upcoming.js';
export { UpcomingViews, type PastRate, type UpcomingRow } from './upcoming.views.js';
