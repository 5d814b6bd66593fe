import tseslint from 'typescript-eslint';

const asksTheOperatingSystem = {
  object: 'process',
  property: 'platform',
  message: 'Only src/platform/select.ts asks which OS this is; take the Platform port instead.',
};

export default tseslint.config(
  { ignores: ['dist/', 'coverage/', 'src/**/generated/', 'test/fixtures/'] },
  {
    files: ['**/*.ts'],
    extends: [tseslint.configs.strictTypeChecked],
    languageOptions: { parserOptions: { projectService: true } },
    rules: {
      '@typescript-eslint/consistent-type-imports': 'error',
      '@typescript-eslint/switch-exhaustiveness-check': [
        'error',
        { considerDefaultExhaustiveForUnions: true },
      ],
      '@typescript-eslint/restrict-template-expressions': [
        'error',
        { allowNumber: true, allowBoolean: true },
      ],
      '@typescript-eslint/no-confusing-void-expression': ['error', { ignoreArrowShorthand: true }],
      // sql.run`…` acts.
      '@typescript-eslint/no-unused-expressions': ['error', { allowTaggedTemplates: true }],
      '@typescript-eslint/return-await': ['error', 'always'],
      'no-console': 'error',
      'no-empty': ['error', { allowEmptyCatch: false }],
      'no-restricted-properties': ['error', asksTheOperatingSystem],
      eqeqeq: 'error',
      'func-style': ['error', 'declaration', { allowArrowFunctions: true }],
      'prefer-const': 'error',
    },
  },
  { files: ['src/platform/select.ts', 'build/**', 'test/**'], rules: { 'no-restricted-properties': 'off' } },
  { files: ['build/**', 'test/bench/**'], rules: { 'no-console': 'off' } },
);
