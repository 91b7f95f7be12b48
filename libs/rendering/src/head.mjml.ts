import type { Mail } from './mail.js';
import { DARK, LIGHT, type Theme } from './theme.js';

/** Spacing marks that fill what a mail list would otherwise show of the body behind the preheader. */
const FILLER = '&#847;&zwnj;&nbsp;'.repeat(20);

export function headMjml(mail: Mail, title: string, preheader: string): string {
  const { theme } = mail;
  return `<mj-head>
<mj-title>${mail.leaves.text(title)}</mj-title>
<mj-preview>${mail.leaves.text(preheader)}${FILLER}</mj-preview>
<mj-breakpoint width="520px" />
<mj-raw>
<meta name="color-scheme" content="light dark" />
<meta name="supported-color-schemes" content="light dark" />
<meta name="format-detection" content="telephone=no,date=no,address=no,email=no" />
<meta name="x-apple-disable-message-reformatting" />
<!--[if mso]><style type="text/css">
body,table,td,th,p,a,li,h1,h2,h3,span,strong{font-family:"${theme.outlookFont}",Arial,sans-serif !important;mso-fareast-font-family:"${theme.outlookFont}"}
p,li,td,h1,h2,h3{mso-line-height-rule:exactly}
</style><![endif]-->
</mj-raw>
<mj-attributes>
<mj-all font-family="${theme.fonts}" />
<mj-body background-color="${LIGHT.page}" width="640px" />
<mj-section padding="0 36px" background-color="${LIGHT.card}" />
<mj-column padding="0" />
<mj-text padding="0" font-size="${theme.body.size}px" line-height="${theme.body.line}px" color="${LIGHT.ink}" />
<mj-image padding="0" />
<mj-class name="small" font-size="${theme.small.size}px" line-height="${theme.small.line}px" color="${LIGHT.soft}" />
</mj-attributes>
<mj-style>${layoutCss(theme)}</mj-style>
<mj-raw><style type="text/css">${darkCss(theme)}</style></mj-raw>
<mj-raw><style type="text/css">${outlookDarkCss()}</style></mj-raw>
<mj-raw><style type="text/css">${fineCss(mail.chinese)}</style></mj-raw>
</mj-head>`;
}

/** What every client may keep; MJML writes all mj-style into one element, so nothing risky belongs here. */
function layoutCss(theme: Theme): string {
  const { size, line } = theme.headlinePhone;
  return `
.card,.pre,.foot,.panel{-webkit-text-size-adjust:100%}
img{font-family:${theme.fonts};font-size:14px;line-height:21px !important}
em,i,cite{font-style:normal}
a{color:${theme.accent.light}}
.rel p,.rel li,.wrap div,.h1 h1{overflow-wrap:anywhere;word-break:normal}
@media only screen and (max-width:519px){
.h1 h1{font-size:${size}px !important;line-height:${line}px !important}
.pad>table>tbody>tr>td{padding-left:20px !important;padding-right:20px !important}
.gut>table>tbody>tr>td{padding-left:0 !important;padding-right:0 !important}
.langs div{text-align:left !important;padding-top:4px}
.btn table,.btn a{width:100% !important;box-sizing:border-box}
.btn a{padding-left:8px !important;padding-right:8px !important}
.rel .mid{white-space:normal !important}
.rel .cell{padding-left:5px !important;padding-right:5px !important;font-size:14px !important}
}`;
}

/** Every element that carries an inline colour is named: a forgotten one stays dark on dark. */
function darkCss(theme: Theme): string {
  const ground = (selectors: string, colour: string) =>
    `${selectors}{background:${colour} !important;background-color:${colour} !important}\n`;
  const box = (name: string) => `.${name},.${name}>table,.${name}>table>tbody>tr>td`;
  const inside = (name: string, tags: string) =>
    tags
      .split(' ')
      .map((tag) => `.${name} ${tag}`)
      .join(',');
  return `@media (prefers-color-scheme:dark){
${ground('body,.page,.page>div', DARK.page)}${ground(box('pre'), DARK.page)}${ground(box('foot'), DARK.page)}${ground(box('card'), DARK.card)}${ground(`${box('panel')},.panel td`, DARK.panel)}${ground(`${box('emb')},.emb td`, DARK.amber)}
${inside('card', 'div h1 h2 h3 p li td th strong .ink')},${inside('panel', 'div h2 p li strong')},.pre .name,.foot strong{color:${DARK.ink} !important}
.pre div,.foot div,.card .soft,.card .soft div,.card .soft p,.panel .soft div,.pre span,.foot span{color:${DARK.soft} !important}
${inside('emb', 'div span')}{color:${DARK.amberInk} !important}
.top>table>tbody>tr>td{border-top-color:${theme.accent.dark} !important}
.emb>table>tbody>tr>td{border-top-color:${DARK.amberRule} !important}
.card .soft .ink{color:${DARK.ink} !important}
.card .acc,${inside('card', 'a')},${inside('panel', 'a')},.pre a,.foot a{color:${theme.accent.dark} !important}
.card .quote{border-left-color:${theme.accent.dark} !important}
.card .cell{border-bottom-color:${DARK.rule} !important}.card .head{background-color:${DARK.panel} !important}
.rule p{border-top-color:${DARK.rule} !important}
.card .btn a,.card .btn p{color:#ffffff !important}
.test div{color:#ffffff !important}
}`;
}

/** Newer typography, apart from the rest because a client that stumbles over it drops the whole element. */
function fineCss(chinese: boolean): string {
  const text =
    '.rel p,.rel li,.wrap div{line-break:strict;text-autospace:normal;text-spacing-trim:trim-start;text-wrap:pretty}';
  // a Chinese headline breaks at its punctuation and spaces first, and inside a phrase only where the phrase is too long
  const table =
    '.scroll{max-width:min(568px,calc(100vw - 72px))}@media only screen and (max-width:519px){.scroll{max-width:calc(100vw - 40px)}}';
  return `${text}${table}.h1 h1,.head2 div{text-wrap:balance${chinese ? ';word-break:keep-all;line-break:strict' : ''}}`;
}

/** Outlook.com repaints by itself and marks what it touched. */
function outlookDarkCss(): string {
  const tags = ['div', 'h1', 'h2', 'h3', 'p', 'li', 'td', 'th', 'strong'];
  return `${tags.map((tag) => `[data-ogsc] .card ${tag}`).join(',')}{color:${DARK.ink} !important}[data-ogsc] .emb div,[data-ogsc] .emb span{color:${DARK.amberInk} !important}`;
}
