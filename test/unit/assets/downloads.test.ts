import { expect } from 'chai';
import { type Actor, ANONYMOUS, SYSTEM, systemContext } from '../../../src/context.ts';
import { isError } from '../../../src/errors.ts';
import { DownloadsService } from '../../../src/modules/library/assets/assets-download.service.ts';
import { keys } from '../../../src/platform/storage/keys.ts';
import type { Presigned, Storage } from '../../../src/platform/storage/storage.ts';

const PERSON: Actor = { kind: 'user', id: 'u', userId: 'u', role: 'viewer', scopes: null };
const KEY: Actor = { kind: 'api_key', id: 'k', userId: 'u', role: 'viewer', scopes: ['assets:read'] };
const file = { key: keys.original('ws', 'blob'), bytes: 11, mime: 'image/tiff', filename: 'a.tif' };

/** What a download may ask of a store; anything else fails. */
function store(over: { declared?: boolean; there?: boolean } = {}) {
  const asked: (Presigned & { key: string })[] = [];
  const storage = {
    features: { presignedPut: false, presignedGet: over.declared ?? true, conditionalPut: true, localFile: false },
    head: async (key: string) => (over.there === false ? null : { key, bytes: 11, modifiedAt: new Date() }),
    presignedGet: async (key: string, download: Presigned) => {
      asked.push({ key, ...download });
      return 'https://store.example/it?X-Amz-Signature=1';
    },
  };
  return { asked, storage: storage as unknown as Storage };
}

describe('downloads from the store', () => {
  const by = (actor: Actor) => systemContext('ws', { actor });

  it('are for people and keys, of files over the limit, for a minute', async () => {
    const { asked, storage } = store();
    const downloads = new DownloadsService({ storage, presigned: true, overBytes: 10 });
    for (const actor of [PERSON, KEY])
      expect(await downloads.addressOf(by(actor), file)).to.equal('https://store.example/it?X-Amz-Signature=1');
    expect(asked).to.deep.equal(Array.from({ length: 2 }, () => ({ key: file.key, filename: 'a.tif', mime: 'image/tiff', seconds: 60 })));
    expect(await downloads.addressOf(by(PERSON), { ...file, bytes: 10 })).to.equal(null);
    for (const actor of [ANONYMOUS, SYSTEM, { ...PERSON, kind: 'share' } as unknown as Actor])
      expect(await downloads.addressOf(by(actor), file)).to.equal(null);
    expect(asked).to.have.length(2);
  });

  it('begin above 64 MB', async () => {
    const downloads = new DownloadsService({ storage: store().storage, presigned: true });
    expect(await downloads.addressOf(by(PERSON), { ...file, bytes: 64_000_000 })).to.equal(null);
    expect(await downloads.addressOf(by(PERSON), { ...file, bytes: 64_000_001 })).to.be.a('string');
  });

  it('do not take place where they are turned off, or the store has no address for outside', async () => {
    for (const [presigned, declared] of [
      [false, true],
      [true, false],
    ] as const) {
      const { asked, storage } = store({ declared });
      expect(await new DownloadsService({ storage, presigned, overBytes: 10 }).addressOf(by(PERSON), file)).to.equal(null);
      expect(asked).to.deep.equal([]);
    }
  });

  it('never lead to a file that is gone', async () => {
    const { asked, storage } = store({ there: false });
    const downloads = new DownloadsService({ storage, presigned: true, overBytes: 10 });
    const error = await downloads.addressOf(by(PERSON), file).catch((failed: unknown) => failed);
    expect(isError(error, 'not_found')).to.equal(true);
    expect(asked).to.deep.equal([]);
  });
});
