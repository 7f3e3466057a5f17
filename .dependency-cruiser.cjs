/**
 * The dependency rule of docs/ARCHITECTURE.md, one rule per arrow. `test/architecture/import-rules.test.ts` runs it,
 * asserts how many modules were seen, and proves on a small tree with one violation each that every rule fires.
 */

/** What a module may see of the platform: the interface of each folder and the pure plain-data files beside it. */
const INTERFACES = [
  '^src/platform/(?<adapter>[^/]+)/\\k<adapter>[.]ts$',
  '^src/platform/storage/keys[.]ts$',
  '^src/platform/media/(plan|plan-stages|film-plan|colour-names|families)[.]ts$',
  '^src/platform/database/uuid[.]ts$',
  '^src/platform/(log|metrics|failpoint|free-port)[.]ts$',
  '^src/platform/http/(route|problem|send|fetch|tus|prepared|address)[.]ts$',
];
/** The files that put the parts together. */
const CONTAINER = '^src/(container[.]ts|container/|entities[.]ts)';
/** A pure file of a module, `x.<noun>.ts`, where noun is none of the nine names, nor `dto` (rows to what the schema says). */
const PURE = '^src/modules/.*/[^/.]+[.](?!(?:routes|schema|service|policy|repository|entity|jobs|events|dto)[.]ts$)[a-z0-9-]+[.]ts$';
const npm = (...names) => `(^|/)node_modules/(@types/)?(${names.join('|')})(/|$)`;
const node = (...names) => `^(node:)?(${names.join('|')})$`;

const rule = (name, comment, from, to) => ({ name, comment, severity: 'error', from, to });

module.exports = {
  forbidden: [
    rule('no-cycles', 'Two files that need each other are one file, or a third is missing; types count.', {}, { circular: true }),
    rule('no-orphans', 'A file nobody imports and that imports nothing is left over.', { orphan: true, pathNot: ['[.]d[.]ts$'] }, {}),
    rule('resolvable', 'An import that leads nowhere fails at run time.', {}, { couldNotResolve: true }),

    rule(
      'module-door',
      'A module is reached only through its index.ts, so that its inside can change.',
      { path: '^src/modules/([^/]+)/([^/]+)/' },
      { path: '^src/modules/[^/]+/[^/]+/', pathNot: ['^src/modules/$1/$2/', '^src/modules/[^/]+/[^/]+/index[.]ts$'] },
    ),
    rule(
      'module-door-from-outside',
      'The rest of src, too, knows of a module only what its index.ts shows; entities.ts lists the tables.',
      { path: '^(src|workers|config|migrations)/', pathNot: ['^src/modules/', '^src/entities[.]ts$'] },
      { path: '^src/modules/', pathNot: '^src/modules/[^/]+/[^/]+/index[.]ts$' },
    ),
    rule(
      'entities-list-only-entities',
      'src/entities.ts may look behind the doors, but at tables only.',
      { path: '^src/entities[.]ts$' },
      { path: '^src/modules/', pathNot: '[.]entity[.]ts$' },
    ),
    rule(
      'core-first',
      'core is the base: it knows neither library nor marketing; backwards means an event.',
      { path: '^src/modules/core/' },
      { path: '^src/modules/(library|marketing)/' },
    ),
    rule(
      'library-before-marketing',
      'The library works without marketing; backwards means an event.',
      { path: '^src/modules/library/' },
      { path: '^src/modules/marketing/' },
    ),
    rule(
      'platform-knows-no-module',
      'Adapters serve every module and therefore know none.',
      { path: '^src/platform/' },
      { path: '^src/(modules|container|cli|app[.]ts|main[.]ts|entities[.]ts|telemetry[.]ts)' },
    ),
    rule(
      'modules-see-interfaces',
      "A module speaks to the outside world through interfaces; which implementation is the container's business.",
      { path: '^src/modules/', pathNot: '[.](repository|entity|routes)[.]ts$' },
      { path: '^src/platform/', pathNot: INTERFACES },
    ),
    rule(
      'repositories-see-the-database',
      'Repositories and entities build on platform/database, and on no other implementation.',
      { path: '^src/modules/.*[.](repository|entity)[.]ts$' },
      { path: '^src/platform/', pathNot: ['^src/platform/database/', ...INTERFACES] },
    ),
    rule(
      'routes-see-http',
      'Routes build on platform/http, and on no other implementation.',
      { path: '^src/modules/.*[.]routes[.]ts$' },
      { path: '^src/platform/', pathNot: ['^src/platform/http/', ...INTERFACES] },
    ),
    rule(
      'modules-know-no-container',
      'What a module needs is handed to it: it looks up nothing and reads no configuration.',
      { path: '^src/(modules|platform)/' },
      { path: '^(config/|src/(container|cli/|app[.]ts|main[.]ts|entities[.]ts))' },
    ),
    rule(
      'adapters-apart',
      "An adapter uses another one through its interface only; migrating also updates the queue library's own schema, and what a PostgreSQL error means is one pure file.",
      { path: '^src/platform/([^/]+)/' },
      {
        path: '^src/platform/[^/]+/',
        pathNot: ['^src/platform/$1/', '^src/platform/queue/schema[.]ts$', '^src/platform/database/pg-errors[.]ts$', ...INTERFACES],
      },
    ),
    rule(
      'implementations-from-container',
      'Only the container knows concrete adapters; entry points and the CLI get them from it.',
      { path: '^(src|workers)/', pathNot: ['^src/platform/', '^src/modules/', CONTAINER] },
      { path: '^src/platform/', pathNot: ['^src/platform/http/', ...INTERFACES] },
    ),

    rule(
      'typeorm-in-repositories',
      'SQL has three homes: entities, repositories and platform/database; migrations use its types.',
      { pathNot: ['[.](entity|repository)[.]ts$', '^src/platform/database/', '^migrations/'] },
      { path: npm('typeorm') },
    ),
    rule(
      'express-in-routes',
      'HTTP ends at the routes, so services run from jobs and the CLI alike; the container hands middleware over.',
      { pathNot: ['[.]routes[.]ts$', '^src/app[.]ts$', '^src/platform/http/', CONTAINER] },
      { path: npm('express') },
    ),
    rule(
      'bullmq-in-queue',
      'The queue library is one implementation of JobQueue.',
      { pathNot: '^src/platform/queue/' },
      { path: npm('bullmq', 'ioredis') },
    ),
    rule(
      'aws-in-storage',
      'The S3 SDK is one implementation of Storage.',
      { pathNot: '^src/platform/storage/' },
      { path: npm('@aws-sdk', '@smithy') },
    ),
    rule(
      'meilisearch-in-search',
      'Meilisearch is one implementation of SearchEngine.',
      { pathNot: '^src/platform/search/' },
      { path: npm('meilisearch') },
    ),
    rule(
      'decoders-in-media',
      'Bytes of strangers are opened in media children alone; operations are pure plans.',
      { pathNot: '^src/platform/media/' },
      {
        path: npm(
          'sharp',
          'fluent-ffmpeg',
          '@ffmpeg-installer',
          '@ffprobe-installer',
          'exiftool-vendored',
          '@hyzyla',
          'heic-decode',
          'ag-psd',
          'thumbhash',
        ),
      },
    ),
    rule(
      'processes-in-media',
      'Child processes belong to the media pool and the sandbox; the embedded database starts its server.',
      { pathNot: ['^src/platform/media/', '^src/platform/database/'] },
      { path: node('child_process', 'cluster') },
    ),
    rule(
      'no-worker-threads',
      'A decoder that crashes must take down a child process, never a thread of ours.',
      {},
      { path: node('worker_threads') },
    ),
    rule(
      'sign-in-in-identity',
      'better-auth stays inside core/identity, so it can be replaced there.',
      { pathNot: '^src/modules/core/identity/' },
      { path: npm('better-auth', '@better-auth', 'better-call', '@better-fetch') },
    ),

    rule(
      'config-stands-alone',
      'config is told by the environment and knows nothing of the program.',
      { path: '^config/' },
      { path: '^(src|workers|migrations)/' },
    ),
    rule(
      'migrations-stand-alone',
      'A migration describes the past: code that changes later must not change it; only its own type comes from outside.',
      { path: '^migrations/' },
      { path: '^(src|config|workers)/', pathNot: '^src/platform/database/migration[.]ts$' },
    ),
    rule(
      'migrations-from-container',
      'Migrations are run, not used: only the container lists them.',
      { path: '^(src|workers|config)/', pathNot: CONTAINER },
      { path: '^migrations/' },
    ),
    rule(
      'workers-are-entry-points',
      'A worker file holds no rule and no handler: it starts the container through src/work.ts and names its queues.',
      { path: '^workers/' },
      { path: '^src/', pathNot: [CONTAINER, '^src/work[.]ts$', ...INTERFACES] },
    ),
    rule(
      'src-stands-on-its-own',
      'Nothing imports entry points, tests, tools or the web app.',
      { path: '^(src|config|migrations)/' },
      { path: '^(workers|test|web|bench|scripts|tools|bin)/' },
    ),
    rule(
      'no-dev-dependencies',
      'What runs in production must be installed there.',
      { path: '^(src|config|workers|migrations)/' },
      { dependencyTypes: ['npm-dev'], dependencyTypesNot: ['type-only'] },
    ),
    rule(
      'declared-dependencies',
      'A package must be named in package.json, not be there by luck.',
      { path: '^(src|config|workers|migrations)/' },
      { dependencyTypes: ['npm-no-pkg', 'npm-unknown'] },
    ),

    rule(
      'schema-is-zod',
      'Schemas describe data: they know other schemas, plain types and zod.',
      { path: '^src/modules/.*[.]schema[.]ts$' },
      {
        path: '^src/',
        pathNot: ['[.]schema[.]ts$', '^src/modules/[^/]+/[^/]+/index[.]ts$', '^src/(context|errors)[.]ts$', PURE, ...INTERFACES],
      },
    ),
    rule(
      'policy-is-pure',
      'A policy is a table of role and action: no service, no SQL, no HTTP.',
      { path: '^src/modules/.*[.]policy[.]ts$' },
      { path: '^src/', pathNot: ['^src/modules/core/permissions/', '^src/(context|errors)[.]ts$', PURE, ...INTERFACES] },
    ),
    rule(
      'events-are-data',
      'An event is a name and a shape.',
      { path: '^src/modules/.*[.]events[.]ts$' },
      { path: '^src/', pathNot: ['^src/(context|errors)[.]ts$', ...INTERFACES] },
    ),
    rule(
      'entities-apart',
      'Tables of two modules are joined by ids, not by classes.',
      { path: '^src/modules/([^/]+)/([^/]+)/.*[.]entity[.]ts$' },
      { path: '^src/modules/', pathNot: '^src/modules/$1/$2/' },
    ),
    rule(
      'services-know-no-routes',
      'Rules do not know how they are reached.',
      { path: '^src/modules/.*[.](service|repository|entity|jobs)[.]ts$' },
      { path: '[.]routes[.]ts$' },
    ),
    rule(
      'pure-is-pure',
      'A helper x.<noun>.ts stands below services and routes; of repositories and entities it names the rows.',
      { path: PURE },
      {
        path: '^src/',
        pathNot: [
          '^src/(context|errors)[.]ts$',
          '[.](schema|policy|events|repository|entity|dto)[.]ts$',
          '^src/modules/[^/]+/[^/]+/index[.]ts$',
          PURE,
          ...INTERFACES,
          '^src/modules/library/renditions/(operations|profiles)/',
          '^src/modules/library/search/documents/',
        ],
      },
    ),
  ],
  options: {
    parser: 'swc',
    // Types count: an import that only names a type couples just as well.
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.json' },
    doNotFollow: { path: 'node_modules' },
    exclude: { path: '^(dist|dist[.]next|data|coverage)/' },
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['types', 'import', 'node', 'default'],
      extensions: ['.ts', '.tsx', '.d.ts', '.js', '.mjs', '.cjs', '.json'],
    },
  },
};
