import { bodyMjml, notesMjml } from './body.mjml.js';
import { boilerplatesMjml, contactsMjml } from './contacts.mjml.js';
import { picturesMjml } from './figures.mjml.js';
import { footerMjml } from './footer.mjml.js';
import { headMjml } from './head.mjml.js';
import type { Mail } from './mail.js';
import { mastheadMjml } from './masthead.mjml.js';

/**
 * Compiles our template for one mail. MJML reads only what this lib wrote: the texts of the document go in afterwards,
 * escaped. A ValidationError is a fault in the template, never in a document.
 */
export async function compileMail(mail: Mail, title: string, preheader: string): Promise<string> {
  // loaded when first used: it takes a third of a second, and most processes and commands never compile a mail
  const { default: mjml2html } = await import('mjml');
  const { html } = await mjml2html(templateOf(mail, title, preheader), {
    validationLevel: 'strict',
    keepComments: false,
    // mjml 5 asks Google for its default fonts unless the list is empty
    fonts: {},
    ignoreIncludes: true,
    // 60 KB is enough as it is; minifying needs cssnano 8, which Node 20 cannot run
    minify: false,
  });
  return mail.leaves.restore(squeeze(html));
}

function templateOf(mail: Mail, title: string, preheader: string): string {
  const body = [
    mastheadMjml(mail),
    bodyMjml(mail),
    ...mail.outline.notes.map((notes) => notesMjml(notes, mail)),
    picturesMjml(mail),
    contactsMjml(mail),
    boilerplatesMjml(mail),
    footerMjml(mail),
  ].filter((part) => part !== '');
  return `<mjml lang="${mail.locale}" dir="ltr">
${headMjml(mail, title, preheader)}
<mj-body css-class="page">
${body.join('\n')}
</mj-body>
</mjml>`;
}

/** MJML indents its output; a mail is better off without a tenth of its bytes. No text of a document is in it yet. */
function squeeze(html: string): string {
  return html.replace(/^[ \t]+/gm, '').replace(/\n{2,}/g, '\n');
}
