import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { expect } from 'chai';
import { type Cruised, cruiseTrees, PRODUCTION, ROOT, rules, sourceFiles } from './cruise.ts';

/** Packages of the small tree: present, and declared as the violation needs it. */
const PACKAGES = {
  typeorm: 'dependencies',
  express: 'dependencies',
  bullmq: 'dependencies',
  sharp: 'dependencies',
  'better-auth': 'dependencies',
};
const OTHER = { '@aws-sdk/client-s3': 'dependencies', meilisearch: 'dependencies', chai: 'devDependencies', luck: 'none' };

/** One violation per rule: the file, what it imports, and by its comment which rule must catch it. */
const VIOLATIONS: Record<string, Record<string, string>> = {
  'no-cycles': {
    'src/cycle-a.ts': "import type { B } from './cycle-b.ts';\nexport interface A { b: B }",
    'src/cycle-b.ts': "import type { A } from './cycle-a.ts';\nexport interface B { a: A }",
  },
  'no-orphans': { 'src/alone.ts': 'export const alone = 1;' },
  resolvable: { 'src/lost.ts': "import { x } from './nowhere.ts';\nexport const y = x;" },
  'module-door': { 'src/modules/library/a/a.service.ts': "import { b } from '../b/b.service.ts';\nexport const a = b;" },
  'module-door-from-outside': { 'src/main.ts': "import { b } from './modules/library/b/b.service.ts';\nexport const a = b;" },
  'entities-list-only-entities': { 'src/entities.ts': "import { b } from './modules/library/b/b.service.ts';\nexport const a = b;" },
  'core-first': { 'src/modules/core/c/c.service.ts': "import { b } from '../../library/b/index.ts';\nexport const c = b;" },
  'library-before-marketing': {
    'src/modules/library/a/a.jobs.ts': "import type { M } from '../../marketing/m/index.ts';\nexport type A = M;",
  },
  'platform-knows-no-module': {
    'src/platform/search/search.ts': "import { b } from '../../modules/library/b/index.ts';\nexport const s = b;",
  },
  'modules-see-interfaces': {
    'src/modules/library/a/a.policy.ts': "import { disk } from '../../../platform/storage/disk.ts';\nexport const a = disk;",
  },
  'repositories-see-the-database': {
    'src/modules/library/a/a.repository.ts': "import { disk } from '../../../platform/storage/disk.ts';\nexport const a = disk;",
  },
  'routes-see-http': {
    'src/modules/library/a/a.routes.ts': "import { disk } from '../../../platform/storage/disk.ts';\nexport const a = disk;",
  },
  'modules-know-no-container': {
    'src/modules/library/a/a.service.ts': "import { c } from '../../../../config/config.ts';\nexport const a = c;",
  },
  'adapters-apart': { 'src/platform/queue/q.ts': "import { disk } from '../storage/disk.ts';\nexport const q = disk;" },
  'implementations-from-container': { 'src/main.ts': "import { disk } from './platform/storage/disk.ts';\nexport const m = disk;" },
  'typeorm-in-repositories': {
    'src/modules/library/a/a.service.ts': "import type { DataSource } from 'typeorm';\nexport type D = DataSource;",
  },
  'express-in-routes': { 'src/modules/library/a/a.service.ts': "import type { Request } from 'express';\nexport type R = Request;" },
  'bullmq-in-queue': { 'src/container.ts': "import { Queue } from 'bullmq';\nexport const q = Queue;" },
  'aws-in-storage': { 'src/container.ts': "import { S3 } from '@aws-sdk/client-s3';\nexport const s = S3;" },
  'meilisearch-in-search': { 'src/container.ts': "import { M } from 'meilisearch';\nexport const m = M;" },
  'decoders-in-media': { 'src/modules/library/a/a.service.ts': "import sharp from 'sharp';\nexport const s = sharp;" },
  'processes-in-media': { 'src/modules/library/a/a.service.ts': "import { spawn } from 'node:child_process';\nexport const s = spawn;" },
  'no-worker-threads': { 'src/platform/media/m.ts': "import { Worker } from 'node:worker_threads';\nexport const w = Worker;" },
  'sign-in-in-identity': { 'src/app.ts': "import { betterAuth } from 'better-auth';\nexport const b = betterAuth;" },
  'config-stands-alone': { 'config/config.ts': "import { b } from '../src/base.ts';\nexport const c = b;" },
  'migrations-stand-alone': { 'migrations/0001-x.ts': "import { b } from '../src/base.ts';\nexport const c = b;" },
  'migrations-from-container': { 'src/app.ts': "import { c } from '../migrations/0002-y.ts';\nexport const d = c;" },
  'workers-are-entry-points': { 'workers/media.ts': "import { b } from '../src/modules/library/b/index.ts';\nexport const c = b;" },
  'src-stands-on-its-own': { 'src/app.ts': "import { w } from '../workers/io.ts';\nexport const x = w;" },
  'no-dev-dependencies': { 'src/app.ts': "import { expect } from 'chai';\nexport const x = expect;" },
  'declared-dependencies': { 'src/app.ts': "import { x } from 'luck';\nexport const y = x;" },
  'schema-is-zod': { 'src/modules/library/b/b.schema.ts': "import type { B } from './b.service.ts';\nexport type S = B;" },
  'policy-is-pure': { 'src/modules/library/b/b.policy.ts': "import { b } from './b.service.ts';\nexport const p = b;" },
  'events-are-data': { 'src/modules/library/b/b.events.ts': "import { b } from './b.service.ts';\nexport const p = b;" },
  'entities-apart': { 'src/modules/library/a/a.entity.ts': "import { b } from '../b/index.ts';\nexport const p = b;" },
  'services-know-no-routes': { 'src/modules/library/a/a.service.ts': "import { r } from './a.routes.ts';\nexport const p = r;" },
  'pure-is-pure': { 'src/modules/library/b/b.geometry.ts': "import { b } from './b.service.ts';\nexport const p = b;" },
};

/** What the violations point at; clean by itself. */
const BASE: Record<string, string> = {
  'src/base.ts': 'export const b = 1;',
  'src/user.ts': "import { b } from './base.ts';\nexport const u = b;",
  'src/platform/storage/disk.ts': "import type { S } from './storage.ts';\nexport const disk: S = {};",
  'src/platform/storage/storage.ts': 'export type S = object;',
  'src/modules/library/b/index.ts': "export { b } from './b.service.ts';",
  'src/modules/library/b/b.service.ts': 'export const b = 1;\nexport type B = number;',
  'src/modules/marketing/m/index.ts': "export type { M } from './m.service.ts';",
  'src/modules/marketing/m/m.service.ts': 'export type M = number;',
  'src/modules/library/a/index.ts': "export { r } from './a.routes.ts';",
  'src/modules/library/a/a.routes.ts': "import type { Request } from 'express';\nexport const r = (q: Request) => q;",
  'config/config.ts': "import { e } from './env.ts';\nexport const c = e;",
  'config/env.ts': 'export const e = 1;',
  'migrations/0002-y.ts': "import { z } from './base.ts';\nexport const c = z;",
  'migrations/base.ts': 'export const z = 1;',
  'workers/io.ts': "import { c } from '../src/container.ts';\nexport const w = c;",
  'src/container.ts': "import { disk } from './platform/storage/disk.ts';\nexport const c = disk;",
};

function write(base: string, files: Record<string, string>): void {
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(base, path)), { recursive: true });
    writeFileSync(join(base, path), `${text}\n`);
  }
}

function writePackages(base: string): void {
  const all = { ...PACKAGES, ...OTHER };
  const named = (kind: string) =>
    Object.fromEntries(Object.entries(all).flatMap(([name, where]) => (where === kind ? [[name, '1.0.0']] : [])));
  write(base, {
    'package.json': JSON.stringify({ name: 'tree', dependencies: named('dependencies'), devDependencies: named('devDependencies') }),
  });
  for (const name of Object.keys(all)) {
    write(join(base, 'node_modules', name), {
      'package.json': JSON.stringify({ name, version: '1.0.0', main: 'index.js' }),
      'index.js': '',
    });
  }
}

describe('import rules', () => {
  it('hold, and every file was looked at', async () => {
    const [result] = await cruiseTrees([ROOT]);
    const { modules = [], violations = [] } = result ?? {};
    expect(violations, violations.join('\n')).to.deep.equal([]);
    const expected = PRODUCTION.flatMap((folder) => sourceFiles(folder));
    expect(expected.length).to.be.greaterThan(20);
    expect(expected.filter((file) => !modules.includes(file))).to.deep.equal([]);
  });

  it('say why, each', () => {
    for (const rule of rules) expect(rule.comment, rule.name).to.match(/^[A-Za-z].{20,}\.$/);
  });

  it('are each proven by a violation below', () => {
    expect(Object.keys(VIOLATIONS)).to.have.members(rules.map((rule) => rule.name));
  });

  describe('catch', () => {
    const trees: Record<string, Record<string, string>> = { nothing: {}, ...VIOLATIONS };
    const results: Record<string, Cruised> = {};
    let folder: string;

    before(async () => {
      folder = mkdtempSync(join(tmpdir(), 'damson-rules-'));
      for (const [name, files] of Object.entries(trees)) {
        writePackages(join(folder, name));
        write(join(folder, name), { ...BASE, ...files });
      }
      const names = Object.keys(trees);
      const all = await cruiseTrees(names.map((name) => join(folder, name)));
      for (const [index, result] of all.entries()) results[names[index] ?? ''] = result;
    });
    after(() => rmSync(folder, { recursive: true, force: true }));

    it('nothing in a clean tree', () => {
      expect(results.nothing?.violations).to.deep.equal([]);
      expect(results.nothing?.modules).to.include.members(Object.keys(BASE));
    });

    for (const [name, files] of Object.entries(VIOLATIONS)) {
      it(name, () => {
        const violations = results[name]?.violations ?? [];
        const found = violations.filter((line) => line.startsWith(`${name}: `) && Object.keys(files).some((file) => line.includes(file)));
        expect(found, violations.join('\n')).to.have.length.greaterThan(0);
      });
    }
  });
}).timeout(300_000);
