import { existsSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'chai';
import { nodeFlags } from '../../bench/lib/node-flags.ts';
import { ROOT } from './cruise.ts';

const read = (path: string) => readFileSync(join(ROOT, path), 'utf8');

describe('Dockerfile', () => {
  const text = read('Dockerfile');
  const stages = text.split(/^FROM /m).slice(1);
  const last = stages.at(-1) ?? '';

  it('builds on Node 24 in stages and runs as somebody who is not root', () => {
    expect(stages.length).to.be.greaterThan(1);
    for (const stage of stages) expect(stage).to.match(/^node:24-\w+-slim/);
    expect(last).to.match(/^USER node$/m);
  });

  it('holds the tools the media children need, and no development packages', () => {
    const install = /apt-get install -y --no-install-recommends ([^\\]+)/.exec(last)?.[1]?.trim().split(/\s+/);
    expect(install).to.include.members(['ffmpeg', 'perl', 'util-linux']);
    expect(text).to.match(/npm ci --omit=dev/);
    expect(last).to.match(/COPY --from=packages \/app\/node_modules/);
  });

  it('says how it is asked for its health and how it is stopped', () => {
    expect(last).to.match(/^HEALTHCHECK .*\\\n.*health\/live/m);
    expect(last).to.match(/^STOPSIGNAL SIGTERM$/m);
    expect(last).to.match(/^VOLUME \/data$/m);
    expect(JSON.parse(/^CMD (\[.*\])$/m.exec(last)?.[1] ?? '[]')).to.deep.equal(['node', ...nodeFlags(), 'dist/src/main.js']);
  });

  it('copies only what exists', () => {
    const copied = [...text.matchAll(/^COPY (?!--from)(.+) \S+$/gm)].flatMap((match) => (match[1] ?? '').split(' '));
    expect(copied.filter((path) => !existsSync(join(ROOT, path)))).to.deep.equal([]);
    const ignored = read('.dockerignore').split('\n');
    expect(ignored).to.include.members(['.git', 'node_modules', 'data', 'dist']);
    expect(ignored).to.not.include.members(['src', 'scripts', 'web', 'tools']);
  });
});

describe('.ci/run', () => {
  it('can be run, stops at errors, insists on the tools and runs the check', () => {
    expect(statSync(join(ROOT, '.ci/run')).mode & 0o111).to.equal(0o111);
    const text = read('.ci/run');
    expect(text).to.match(/^#!\/usr\/bin\/env bash\n/);
    for (const part of ['set -euo pipefail', 'REQUIRE_TOOLS=1', 'npm run check']) expect(text).to.contain(part);
  });
});

describe('licence', () => {
  it('is Apache 2.0, whole', () => {
    const text = read('LICENSE');
    for (const part of ['Version 2.0, January 2004', 'END OF TERMS AND CONDITIONS']) expect(text).to.contain(part);
    expect((JSON.parse(read('package.json')) as { license: string }).license).to.equal('Apache-2.0');
  });
});
