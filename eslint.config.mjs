import tseslint from 'typescript-eslint';
import { houseRules } from './scripts/house-rules.mjs';

const SPECS = ['**/*.spec.ts', '**/fixtures/**/*.ts', '**/test/**/*.ts', '**/test/**/*.mjs'];
const MAINS = ['**/apps/*/src/main.ts'];

/**
 * Files that may read the machine's clock: the Clock itself, and adapters whose libraries ask for times and timers.
 * What is not an adapter by its suffix takes a Clock.
 */
const CLOCK_READERS = ['**/libs/kernel/src/clock.ts', '**/*.queue.ts', '**/*.smtp.ts', ...MAINS];

/** Every rule is named here, without presets, so that each can own a planted violation (scripts/check-planted.mjs). */
const CODE = {
  eqeqeq: ['error', 'always', { null: 'ignore' }],
  'no-var': 'error',
  'prefer-const': 'error',
  'no-lone-blocks': 'error',
  'house/glossary': 'error',
};

const TYPESCRIPT = {
  '@typescript-eslint/await-thenable': 'error',
  '@typescript-eslint/ban-ts-comment': ['error', { 'ts-expect-error': true, minimumDescriptionLength: 1000 }],
  '@typescript-eslint/max-params': ['error', { max: 5, countVoidThis: false }],
  '@typescript-eslint/no-explicit-any': 'error',
  '@typescript-eslint/no-floating-promises': 'error',
  '@typescript-eslint/no-misused-promises': 'error',
  '@typescript-eslint/no-unnecessary-type-assertion': 'error',
  '@typescript-eslint/no-unused-vars': [
    'error',
    { argsIgnorePattern: '^_', varsIgnorePattern: '^_$', caughtErrors: 'none', ignoreRestSiblings: true },
  ],
  '@typescript-eslint/only-throw-error': 'error',
  '@typescript-eslint/prefer-readonly': 'error',
  '@typescript-eslint/return-await': ['error', 'error-handling-correctness-only'],
  '@typescript-eslint/switch-exhaustiveness-check': ['error', { considerDefaultExhaustiveForUnions: true }],
  'house/no-default-export': 'error',
  'house/no-enum': 'error',
  'house/no-forward-ref': 'error',
};

/** What leaves the house. Specs and test support are freer: they show a case, and run once. */
const PRODUCT = {
  '@typescript-eslint/no-unsafe-argument': 'error',
  '@typescript-eslint/no-unsafe-assignment': 'error',
  '@typescript-eslint/no-unsafe-call': 'error',
  '@typescript-eslint/no-unsafe-member-access': 'error',
  '@typescript-eslint/no-unsafe-return': 'error',
  'house/chance': 'error',
  'house/clock': 'error',
  'house/environment': 'error',
  'house/front-door-name': 'error',
  'house/no-unfounded-non-null': 'error',
  'max-lines': ['error', 300],
  'max-lines-per-function': ['error', 50],
};

export const PLANTED = 'planted violations are wrong on purpose';

export default [
  { ignores: ['**/node_modules/', 'dist/', 'var/', 'coverage/', '.tmp/'] },
  { name: PLANTED, ignores: ['test/shape/planted/'] },
  {
    files: ['**/*.ts', '**/*.mjs', '**/*.cjs'],
    languageOptions: { sourceType: 'module' },
    linterOptions: { reportUnusedDisableDirectives: 'error' },
    plugins: { '@typescript-eslint': tseslint.plugin, house: houseRules },
    rules: CODE,
  },
  { files: ['**/*.cjs'], languageOptions: { sourceType: 'commonjs' } },
  {
    files: ['**/*.ts'],
    languageOptions: {
      parser: tseslint.parser,
      parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname },
    },
    rules: TYPESCRIPT,
  },
  { files: ['**/apps/**/*.ts', '**/libs/**/*.ts'], ignores: SPECS, rules: PRODUCT },
  { files: ['**/libs/**/*.ts'], ignores: SPECS, rules: { 'no-console': 'error' } },
  // a migration is one long text of SQL; cutting a table's statement in two helps nobody
  { files: ['**/*.migration.ts'], rules: { 'max-lines-per-function': 'off' } },
  { files: CLOCK_READERS, rules: { 'house/clock': 'off' } },
  { files: MAINS, rules: { 'house/environment': 'off' } },
  // this file has to name the words it forbids
  { files: ['scripts/house-rules.mjs'], rules: { 'house/glossary': 'off' } },
  {
    files: SPECS,
    rules: {
      'house/assertion-without-matcher': 'error',
      'house/promise-names': 'error',
      'house/no-narrowed-tests': 'error',
    },
  },
];
