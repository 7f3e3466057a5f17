import { readdir, readFile } from 'node:fs/promises';
import { expect } from 'chai';
import { isKey, isOwn, keys } from '../../../src/platform/storage/keys.ts';
import { MIN_PART, partSize } from '../../../src/platform/storage/s3-multipart.ts';

describe('storage on S3', () => {
  it('needs no more than 10,000 parts for the largest object of 5 TiB, none below 5 MiB or above 5 GiB', () => {
    let [offset, parts, smallest, largest] = [0, 0, Number.POSITIVE_INFINITY, 0];
    while (offset < 5 * 2 ** 40) {
      const size = partSize(offset);
      [offset, parts, smallest, largest] = [offset + size, parts + 1, Math.min(smallest, size), Math.max(largest, size)];
    }
    expect(parts).to.be.at.most(10_000);
    expect([smallest, largest <= 2 ** 30]).to.deep.equal([MIN_PART, true]);
    expect(partSize(4 * 2 ** 30), 'memory for files up to 4 GiB').to.equal(MIN_PART);
  });

  it('keeps its own objects apart from those of others', () => {
    const original = keys.original('w1', 'b1');
    expect([isKey(keys.draft(original)), isOwn(keys.draft(original)), isOwn(keys.probe('p')), isOwn(original)]).to.deep.equal([
      true,
      true,
      true,
      false,
    ]);
  });

  it('loads the SDK only when S3 is used', async () => {
    const folder = new URL('../../../src/platform/storage/', import.meta.url);
    for (const name of await readdir(folder)) {
      const source = await readFile(new URL(name, folder), 'utf8');
      const loaded = source
        .split('\n')
        .filter((line) => /^(import|export)\b.*from '@(aws-sdk|smithy)\//.test(line) && !line.startsWith('import type'));
      expect(loaded, name).to.deep.equal([]);
    }
  });
});
