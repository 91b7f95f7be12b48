/**
 * Lint rules that only this house needs. Each is one pattern of code and one sentence to the person who wrote it.
 * Where a rule holds is said in eslint.config.mjs; each owns a planted violation under test/shape/planted.
 */

/** A rule that reports every node an ESQuery selector finds. */
function forbid(selectors, sentence) {
  const report = (context) => (node) => context.report({ node, message: sentence });
  return {
    meta: { type: 'problem', schema: [] },
    create: (context) => Object.fromEntries(selectors.map((selector) => [selector, report(context)])),
  };
}

const TEST = '/^(test|it|describe)$/';
const TIMERS = '/^(setTimeout|setInterval)$/';

/** Words that mean one of ours, or claim what nobody can know; the word to use instead. docs/glossary.md has them all. */
const WORDS = {
  campaign: 'release or distribution',
  campaigns: 'releases or distributions',
  subscriber: 'journalist',
  subscribers: 'journalists',
  newsletter: 'release',
  newsletters: 'releases',
  'mailing list': 'media list',
  'mailing lists': 'media lists',
  'recipient list': 'media list or audience',
  'recipient lists': 'media lists or audience',
  'email blast': 'distribution',
  delivered: 'accepted: a server took the message, and nobody knows more',
  undelivered: 'refused, deferred or unknown',
  'open rate': 'nothing: opening is not measured',
  tenant: 'organisation',
  tenants: 'organisations',
  blacklist: 'suppression',
  禁運: '禁發',
  禁运: '禁发',
  電子報: '新聞稿',
  电子报: '新闻稿',
};
const FORBIDDEN = new RegExp(
  `(?<![a-z])(${Object.keys(WORDS)
    .filter((word) => /[a-z]/.test(word))
    .join('|')})(?![a-z])|(禁[運运]|電子報|电子报)`,
  'i',
);
/** Names in other people's formats. */
const FOREIGN = /Delivered-To/gi;

/** `mailingListId` and `mailing_list_id` read as "mailing list id". */
function inWords(name) {
  return name
    .replace(/([a-z\d])([A-Z])/g, '$1 $2')
    .replace(/[_\-.]+/g, ' ')
    .toLowerCase();
}

/** The word of another glossary in a text, and ours; undefined when there is none. */
export function foreignWord(text) {
  const found = FORBIDDEN.exec(inWords(text.replace(FOREIGN, '')))?.[0];
  return found && { found, ours: WORDS[found.toLowerCase()] };
}

const glossary = {
  meta: { type: 'problem', schema: [] },
  create(context) {
    const look = (node, text) => {
      const word = foreignWord(text);
      if (word) context.report({ node, message: `“${word.found}” is not a word of this house; say ${word.ours}.` });
    };
    return {
      Identifier: (node) => look(node, node.name),
      PrivateIdentifier: (node) => look(node, node.name),
      Literal: (node) => {
        if (typeof node.value === 'string' && !node.parent.type.startsWith('Import')) look(node, node.value);
      },
      TemplateElement: (node) => look(node, node.value.raw),
    };
  },
};

export const houseRules = {
  rules: {
    glossary,
    'no-default-export': forbid(
      ['ExportDefaultDeclaration', 'ExportSpecifier[exported.name="default"]'],
      'Give it a name: a default export is called differently in every file that imports it.',
    ),
    'no-enum': forbid(
      ['TSEnumDeclaration'],
      'Write a union of texts, or an object `as const`: an enum exists twice, as type and as code.',
    ),
    clock: forbid(
      [
        'CallExpression[callee.object.name="Date"][callee.property.name="now"]',
        'NewExpression[callee.name="Date"][arguments.length=0]',
        'CallExpression[callee.name="Date"]',
        'CallExpression[callee.object.name="performance"][callee.property.name="now"]',
        `CallExpression[callee.name=${TIMERS}]`,
        `CallExpression[callee.object.name="globalThis"][callee.property.name=${TIMERS}]`,
        'ImportDeclaration[source.value=/^(node:)?timers/]',
      ],
      'Take the Clock of libs/kernel: tests move it, and only adapters may read the machine’s.',
    ),
    chance: forbid(
      ['MemberExpression[object.name="Math"][property.name="random"]'],
      'Use node:crypto, or take a source of chance as a parameter: what is drawn here nobody can repeat.',
    ),
    environment: forbid(
      [
        'MemberExpression[object.name="process"][property.name="env"]',
        'VariableDeclarator[init.name="process"] > ObjectPattern > Property[key.name="env"]',
        'ImportDeclaration[source.value=/^(node:)?process$/] > ImportSpecifier[imported.name="env"]',
      ],
      'Add it to SETTINGS in libs/kernel and take Settings; only an app’s main.ts reads the environment.',
    ),
    'no-forward-ref': forbid(
      ['Identifier[name="forwardRef"]'],
      'Two modules that need each other are one, or need a third below them.',
    ),
    'front-door-name': forbid(
      ['ImportDeclaration[source.value=/^[.][.]\\u002f([.][.]\\u002f.*src|.*libs)\\u002f/]'],
      'Import another lib by its name, `#libs/…`; relative paths stay inside one lib.',
    ),
    'assertion-without-matcher': forbid(
      ['ExpressionStatement > CallExpression[callee.name="expect"]'],
      'An expect without a matcher passes whatever it is given.',
    ),
    'promise-names': forbid(
      [`CallExpression[callee.name=${TEST}] > Literal:first-child[value=/^should\\b/i]`],
      'Name the promise: “holds a release until its embargo”, not “should …”.',
    ),
    'no-narrowed-tests': forbid(
      [
        `MemberExpression[object.name=${TEST}][property.name=/^(only|todo)$/]`,
        // `(asRoot ? test : test.skip)(…)` says on which machines it runs
        `:not(ConditionalExpression) > MemberExpression[object.name=${TEST}][property.name="skip"]`,
      ],
      'Tests that are skipped or the only ones to run hide the others.',
    ),
    'no-unfounded-non-null': forbid(
      ['TSNonNullExpression > :not(MemberExpression[computed=true])'],
      'Only an index may carry a “!”, where the loop around it keeps it in bounds; else ask and answer what is missing.',
    ),
  },
};
