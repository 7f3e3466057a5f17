import { mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { ConfigError, Secret } from '../../../config/config.ts';
import { openSecrets } from '../../../config/secrets.ts';

describe('secrets', () => {
  let dataDir: string;
  beforeEach(async () => {
    dataDir = await mkdtemp(join(tmpdir(), 'damson-secrets-'));
  });
  afterEach(() => rm(dataDir, { recursive: true }));

  it('makes one secret at the first start and keeps it, readable by the owner alone', async () => {
    const first = await openSecrets({ appSecret: null, dataDir });
    const second = await openSecrets({ appSecret: null, dataDir });
    expect(first.deriveText('preview-token')).to.equal(second.deriveText('preview-token'));
    expect((await stat(join(dataDir, 'secrets.json'))).mode & 0o777).to.equal(0o600);
    expect(await readdir(dataDir)).to.deep.equal(['secrets.json']);
  });

  it('agrees on one secret when many processes start at once', async () => {
    const all = await Promise.all(Array.from({ length: 8 }, () => openSecrets({ appSecret: null, dataDir })));
    expect(new Set(all.map((secrets) => secrets.deriveText('x'))).size).to.equal(1);
  });

  it('derives different keys for different purposes and secrets', async () => {
    const given = (text: string) => openSecrets({ appSecret: new Secret(text), dataDir });
    const [one, same, other] = await Promise.all([given('a'.repeat(40)), given('a'.repeat(40)), given('b'.repeat(40))]);
    expect(one.derive('a')).to.deep.equal(same.derive('a'));
    expect(one.derive('a')).not.to.deep.equal(one.derive('b'));
    expect(one.derive('a')).not.to.deep.equal(other.derive('a'));
    expect(one.derive('a', 64)).to.have.length(64);
    expect(await readdir(dataDir)).to.deep.equal([]);
  });

  it('refuses a damaged file instead of making a new secret', async () => {
    for (const content of ['', '{', '{}', '{"appSecret":"short"}', '[]']) {
      await writeFile(join(dataDir, 'secrets.json'), content);
      const error: unknown = await openSecrets({ appSecret: null, dataDir }).then(
        () => null,
        (thrown: unknown) => thrown,
      );
      expect(error, content).to.be.instanceOf(ConfigError);
      expect(await readFile(join(dataDir, 'secrets.json'), 'utf8')).to.equal(content);
    }
  });
});
