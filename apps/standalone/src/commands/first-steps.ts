/** Below the list of commands: one release from a file to inboxes. */
export const FIRST_STEPS = `
From a file to inboxes (every command says more with --help):
  $ dateline organisation-add house.json
  $ dateline officer-add harbour ada@press.example.org "Ada Lam" author
  $ dateline officer-add harbour bo@press.example.org "Bo Chu" approver releaser
  $ export DATELINE_AS=harbour/ada@press.example.org
  $ dateline journalists import press-list.csv --list "Harbour desk"
  $ dateline release import news.zh-Hant.txt news.en.md --pictures pictures
  $ dateline release audience REL-2026-0001 --list "Harbour desk"
  $ dateline release embargo REL-2026-0001 --at "2026-12-02 09:00" --zone Asia/Hong_Kong
  $ dateline release submit REL-2026-0001
  $ dateline release approve REL-2026-0001 --as harbour/bo@press.example.org
  $ dateline release schedule REL-2026-0001 --as harbour/bo@press.example.org
  $ dateline doctor
  $ dateline release watch REL-2026-0001

Exit codes: 0 done, 1 not done and standard error says why, 2 the words were wrong.`;
