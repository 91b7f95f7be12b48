/**
 * Which file may import what. Every rule owns a planted violation under test/shape/planted (scripts/check-planted.mjs).
 * `#libs/x` is resolved to its sources by tsconfig.shape.json, so that this works without a build.
 */
const { projects } = require('./nest-cli.json');

/** The libs in their order, as nest-cli.json lists them: each may import only those before it. */
const LIBS = Object.keys(projects).filter((name) => projects[name].type === 'library');

/** A planted house stands deeper in the tree than the real one, and the same rules hold in it. */
const HOUSE = '(?:^|/)';
const ANY_CODE = `^(?!dist/).*${HOUSE}(?:apps|libs)/`;
const SPECS = '\\.spec\\.ts$';

const rule = (name, comment, from, to) => ({ name, comment, severity: 'error', from, to });

const flow = LIBS.slice(0, -1).map((lib, place) =>
  rule(
    `flow-${lib}`,
    `${lib} may import only ${['no other lib', ...LIBS.slice(0, place)].slice(place === 0 ? 0 : 1).join(', ')}.`,
    { path: `${HOUSE}libs/${lib}/` },
    { path: `${HOUSE}libs/(?:${LIBS.slice(place + 1).join('|')})/` },
  ),
);

/** A package only the named files may touch; specs may look at anything. */
const only = (name, packages, files, comment) =>
  rule(
    `only-${name}`,
    comment,
    { path: ANY_CODE, pathNot: [SPECS, ...files] },
    { path: `^node_modules/(?:${packages})` },
  );

const adapters = [
  only(
    'bullmq',
    'bullmq/',
    ['\\.queue\\.ts$'],
    'BullMQ is the alarm clock; the rest of the house knows the queue port.',
  ),
  only('ioredis', 'ioredis/', ['\\.queue\\.ts$'], 'Redis holds wake-ups and nothing else.'),
  only(
    'nodemailer',
    'nodemailer/(?!lib/mime-funcs|dist/[^/]+/mime-funcs)',
    ['\\.smtp\\.ts$'],
    'One file per way to speak SMTP. The encoders of lib/mime-funcs touch no network and are free to delivery.',
  ),
  rule(
    'only-mime-encoders',
    'Mail is composed in delivery.',
    { path: ANY_CODE, pathNot: [SPECS, `${HOUSE}libs/delivery/`] },
    { path: '^node_modules/nodemailer/.*mime-funcs' },
  ),
  only('mjml', 'mjml', ['\\.mjml\\.ts$'], 'MJML is compiled once per version, never while sending.'),
  only(
    'typeorm',
    'typeorm/',
    [
      `${HOUSE}libs/kernel/src/database\\.ts$`,
      `${HOUSE}libs/ops/src/schema\\.ts$`,
      '\\.(?:row|store|views|migration|module)\\.ts$',
    ],
    'SQL stands in files that say so by their suffix.',
  ),
  only(
    'pg',
    'pg(?:-query-stream)?/',
    [
      `${HOUSE}libs/kernel/src/database\\.ts$`,
      `${HOUSE}libs/ops/src/schema\\.ts$`,
      '\\.(?:queue|views)\\.ts$',
      `${HOUSE}apps/standalone/`,
    ],
    'Take Tx or Database; the driver itself serves the schema, the queue, long exports and the embedded server.',
  ),
  only(
    'nest',
    '@nestjs/',
    ['\\.(?:module|controller)\\.ts$', `${HOUSE}apps/`],
    'Classes are plain; the module wires them.',
  ),
];

module.exports = {
  forbidden: [
    ...flow,
    ...adapters,
    rule('no-cycles', 'Two files that need each other are one, or need a third below them.', {}, { circular: true }),
    rule(
      'libs-not-apps',
      'An app uses libs, never the other way round.',
      { path: `${HOUSE}libs/` },
      { path: `${HOUSE}apps/` },
    ),
    rule(
      'apps-apart',
      'Apps are split by who may reach them; only standalone starts the others.',
      { path: `${HOUSE}apps/(api|newsroom|worker)/` },
      { path: `${HOUSE}apps/`, pathNot: `${HOUSE}apps/$1/` },
    ),
    rule(
      'front-door-of-lib',
      'Inside a lib things move freely as long as index.ts keeps its word.',
      { path: `${HOUSE}libs/([^/]+)/` },
      { path: `${HOUSE}libs/[^/]+/src/(?!index\\.ts$)`, pathNot: `${HOUSE}libs/$1/` },
    ),
    rule(
      'front-door-from-app',
      'Apps know what index.ts shows.',
      { path: `${HOUSE}apps/` },
      { path: `${HOUSE}libs/[^/]+/src/(?!index\\.ts$)` },
    ),
    rule(
      'no-tools-in-product',
      'Test tools are not installed where the product runs.',
      { path: ANY_CODE, pathNot: SPECS },
      { dependencyTypes: ['npm-dev'], dependencyTypesNot: ['type-only'] },
    ),
    rule(
      'declared',
      'Name the package in package.json.',
      { path: ANY_CODE },
      { dependencyTypes: ['npm-no-pkg', 'npm-unknown'] },
    ),
    // test/*.mjs imports what a build leaves in dist/
    rule(
      'resolvable',
      'An import that leads nowhere also hides what it would have broken.',
      { pathNot: '\\.mjs$' },
      { couldNotResolve: true },
    ),
  ],
  options: {
    tsPreCompilationDeps: true, // a type-only import is knowledge of another lib too
    doNotFollow: { path: ['node_modules', '^dist/'] },
    tsConfig: { fileName: 'tsconfig.shape.json' },
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['import', 'types', 'require', 'node', 'default'],
    },
  },
};
