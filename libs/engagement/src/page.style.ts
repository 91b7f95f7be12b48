import { createHash } from 'node:crypto';

/** System fonts per script; contrast is at least 7:1 for text and 4.5:1 for the button in both schemes. */
export const STYLE = `
:root{--paper:#f4f5f7;--card:#fff;--ink:#17191c;--soft:#4a5059;--line:#d8dbe0;--act:#0b57a4;--on-act:#fff;--good:#0f6b3c}
@media (prefers-color-scheme:dark){:root{--paper:#121417;--card:#1b1e23;--ink:#eceef1;--soft:#b6bcc6;--line:#363b43;--act:#8ec1ff;--on-act:#0a1a2b;--good:#7fd6a5}}
*{box-sizing:border-box}
body{margin:0;padding:40px 20px;background:var(--paper);color:var(--ink);font:17px/1.6 system-ui,-apple-system,"Segoe UI",Roboto,"Noto Sans",sans-serif;overflow-wrap:anywhere}
:lang(zh-Hant){font-family:-apple-system,"PingFang TC","PingFang HK","Microsoft JhengHei","Noto Sans TC","Noto Sans CJK TC",sans-serif;line-height:1.75;line-break:strict}
:lang(zh-Hans){font-family:-apple-system,"PingFang SC","Microsoft YaHei","Noto Sans SC","Noto Sans CJK SC",sans-serif;line-height:1.75;line-break:strict}
header{max-width:560px;margin:0 auto 14px;padding:0 4px;color:var(--soft);font-size:15px;font-weight:600}
main{max-width:560px;margin:0 auto;padding:32px 36px 36px;background:var(--card);border:1px solid var(--line);border-radius:12px}
h1{margin:0 0 12px;font-size:26px;line-height:1.3;text-wrap:balance}
h2{margin:0 0 10px;font-size:18px;line-height:1.4}
p{margin:0 0 16px}
p:last-child,form:last-child{margin-bottom:0}
.soft{color:var(--soft);font-size:15px}
.done{color:var(--good);font-weight:600}
.mail{display:inline-block;max-width:100%}
hr{margin:28px 0;border:0;border-top:1px solid var(--line)}
form{margin:24px 0 20px}
fieldset{margin:0 0 20px;padding:0;border:0}
legend{margin:0 0 8px;padding:0;font-size:18px;font-weight:600}
label{display:flex;gap:12px;align-items:center;min-height:48px;padding:6px 14px;border:1px solid var(--line);border-radius:8px;cursor:pointer}
label+label{margin-top:8px}
label:has(:checked){border-color:var(--act);box-shadow:inset 0 0 0 1px var(--act)}
input{width:20px;height:20px;margin:0;flex:none;accent-color:var(--act)}
button{min-height:48px;padding:10px 26px;border:2px solid var(--act);border-radius:8px;background:var(--act);color:var(--on-act);font:inherit;font-weight:600;cursor:pointer}
button.quiet{background:transparent;color:var(--act)}
button:hover{filter:brightness(1.08)}
:focus-visible{outline:3px solid var(--act);outline-offset:3px}
a{color:var(--act)}
section+section{margin-top:28px;padding-top:24px;border-top:1px solid var(--line)}
@media (max-width:480px){body{padding:20px 12px}main{padding:24px 20px 26px}h1{font-size:23px}button{width:100%}}
`;

/** What Content-Security-Policy must allow for these pages: this one style and nothing else. */
export const STYLE_HASH = `'sha256-${createHash('sha256').update(STYLE).digest('base64')}'`;
