// Flat config. The import walls of the architecture are rules here: who may import whom is read off this page.
import js from '@eslint/js';
import tseslint from 'typescript-eslint';

/** A folder and what it must not import, with the reason shown to the person who tries. */
const wall = (files, patterns, ignores = []) => ({
  files,
  ignores,
  rules: { '@typescript-eslint/no-restricted-imports': ['error', { patterns }] },
});

const OURS = { group: ['@bpfscope/agent*', '**/agent/**', '**/plugin/**'], message: 'native imports nothing of ours.' };
const KOFFI = { group: ['koffi'], message: 'native/src/sys is the only door to the kernel.' };
const NODE = { group: ['node:*', 'fs', 'path', 'os'], message: 'This folder is pure: it also runs in the browser.' };
const IO = { group: ['node:*', '**/sys/**', 'koffi'], message: 'This folder is pure: bytes in, bytes out.' };

export default tseslint.config(
  { ignores: ['**/dist/**', '**/build/**', '**/node_modules/**', '**/.cache/**', '**/artifacts/**'] },
  js.configs.recommended,
  ...tseslint.configs.recommended,
  {
    rules: {
      '@typescript-eslint/no-explicit-any': 'error',
      '@typescript-eslint/consistent-type-imports': 'error',
      '@typescript-eslint/no-unused-vars': ['error', { argsIgnorePattern: '^_', varsIgnorePattern: '^_' }],
      'max-lines': ['error', { max: 800 }],
      eqeqeq: ['error', 'always'],
    },
  },
  {
    files: ['**/*.mjs', '**/*.cjs', '**/*.js'],
    languageOptions: {
      globals: {
        process: 'readonly',
        console: 'readonly',
        URL: 'readonly',
        setTimeout: 'readonly',
        clearTimeout: 'readonly',
        Buffer: 'readonly',
        require: 'readonly',
        module: 'writable',
        __dirname: 'readonly',
        fetch: 'readonly',
        AbortSignal: 'readonly',
      },
    },
    rules: { '@typescript-eslint/no-require-imports': 'off' },
  },
  wall(['native/src/**/*.ts'], [OURS, KOFFI], ['native/src/sys/**', 'native/src/asm/**', 'native/src/btf/**']),
  wall(['native/src/sys/**/*.ts'], [OURS]),
  wall(['native/src/asm/**/*.ts', 'native/src/btf/**/*.ts'], [OURS, IO], ['**/*.test.ts']),
  wall(
    ['agent/src/language/**/*.ts'],
    [
      NODE,
      {
        group: ['@bpfscope/native*', '**/compiler/**', '**/engine/**', '**/routes/**', '**/cli/**'],
        message: 'language stands alone.',
      },
    ],
    ['**/*.test.ts'],
  ),
  wall(
    ['agent/src/compiler/**/*.ts'],
    [
      NODE,
      {
        regex: '^@bpfscope/native/(?!asm$|btf$|uapi$|unwind/walk$)',
        message: 'The compiler is pure: of native only asm, btf, lazy, uapi and unwind/walk.',
      },
      { group: ['**/engine/**', '**/routes/**', '**/cli/**'], message: 'compiler is below engine.' },
    ],
    ['**/*.test.ts'],
  ),
  wall(
    ['agent/src/engine/**/*.ts', 'agent/src/decode/**/*.ts'],
    [{ group: ['**/routes/**', '**/cli/**', 'fastify'], message: 'engine is below routes and cli.' }, KOFFI],
  ),
  wall(
    ['agent/src/protocol/**/*.ts'],
    [
      NODE,
      { group: ['**/engine/**', '**/compiler/**', '@bpfscope/native*'], message: 'protocol is types and schemas.' },
    ],
  ),
  wall(
    ['plugin/shared/**/*.ts'],
    [NODE, { group: ['@grafana/*', 'react', 'apache-arrow'], message: 'shared has no run-time dependencies.' }],
    ['**/*.test.ts'],
  ),
);
