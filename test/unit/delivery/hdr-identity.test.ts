import { expect } from 'chai';
import { choose } from '../../../src/modules/library/delivery/delivery.choice.ts';
import type { DeliveryAsset } from '../../../src/modules/library/delivery/delivery.lookup.ts';
import { accepts } from '../../../src/modules/library/renditions/index.ts';
import { parseTransformation } from '../../../src/modules/library/renditions/renditions.grammar.ts';
import { readSteps } from '../../../src/modules/library/renditions/renditions.reader.ts';
import type { RenditionsRepository } from '../../../src/modules/library/renditions/renditions.repository.ts';
import { RenditionsService } from '../../../src/modules/library/renditions/renditions.service.ts';
import { keys } from '../../../src/platform/storage/keys.ts';
import type { Storage } from '../../../src/platform/storage/storage.ts';

/** Frames of HDR films have other pixels since they are tone-mapped: nothing that was made before may pass for them (ADR 317). */

const film = (transfer: string, mezzanine = 'poster'): DeliveryAsset => ({
  ...{ assetId: 'a', workspaceId: 'w', folderId: 'f', name: 'film.mp4', versionId: 'v', versionNumber: 1, blobId: 'b', bytes: 9 },
  ...{ mime: 'video/mp4', kind: 'video', width: 640, height: 360, hasAlpha: false, rights: null, frames: 1, pages: 1, durationMs: 9_000 },
  probe: { streams: [{ codec_type: 'video', color_transfer: transfer }] },
  ...{
    processing: false,
    public: { now: true, until: null },
    releaseOriginal: false,
    still: null,
    trashed: false,
    framing: null,
    density: null,
    half: null,
  },
  mezzanine: { key: keys.derived('w', 'b', mezzanine, 'webp'), width: 640, height: 360 },
  formerly: false,
});

function hashOf(asset: DeliveryAsset, text: string): string {
  const options = { accept: accepts('image/webp'), hints: { width: null, dpr: null }, avif: false, thrifty: false, still: true } as const;
  const choice = choose(asset, readSteps(parseTransformation(text)), { ...options, metadata: 'rights', layers: [], fonts: [] });
  if (choice.kind !== 'derivative') throw new Error('a derivative was expected');
  return choice.derivative.recipeHash;
}

describe('identity of pictures of HDR films', () => {
  it('is another one than without tone mapping, for a second', () => {
    const [sdr, pq, hlg] = ['bt709', 'smpte2084', 'arib-std-b67'].map((transfer) => hashOf(film(transfer), 'w-100,so-1'));
    expect(pq).not.to.equal(sdr);
    expect(hlg).to.equal(pq);
    expect(hashOf(film('bt709'), 'w-100,so-1')).to.equal(sdr);
  });

  it('is another one for the poster, whose mezzanine has a name of its own', () => {
    const service = new RenditionsService({} as RenditionsRepository, {} as Storage);
    const facts = { workspaceId: 'w', blobId: 'b', width: 640, height: 360, hasAlpha: false, mime: 'image/png', frames: 1, pages: 1 };
    const keyed = (toned?: boolean) => service.standardPlans({ ...facts, ...(toned === undefined ? {} : { toned }) }, { mezzanine: true });
    const [without, no, yes] = [keyed(), keyed(false), keyed(true)];
    expect(no.map(({ key }) => key)).to.deep.equal(without.map(({ key }) => key));
    for (const [index, { name, key, plan }] of yes.entries()) {
      expect(plan, name).to.deep.equal(no[index]?.plan);
      expect(key, name).not.to.equal(no[index]?.key);
    }
    expect(hashOf(film('smpte2084', 'before'), 'w-100')).not.to.equal(hashOf(film('smpte2084', 'after'), 'w-100'));
  });
});
