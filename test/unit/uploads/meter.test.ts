import { createHash } from 'node:crypto';
import { PassThrough, Readable } from 'node:stream';
import { expect } from 'chai';
import { Meter } from '../../../src/modules/library/uploads/uploads.meter.ts';

async function read(meter: Meter, onPart: () => void = () => undefined): Promise<string> {
  const parts: Buffer[] = [];
  for await (const part of meter as AsyncIterable<Buffer>) {
    parts.push(part);
    onPart();
  }
  return Buffer.concat(parts).toString();
}

describe('what an upload passes through', () => {
  it('counts and hashes, chunk by chunk', async () => {
    const hash = createHash('sha256');
    const meter = new Meter(100, hash);
    const release = meter.takeFrom(Readable.from([Buffer.from('one'), Buffer.from('two')]));
    expect(await read(meter)).to.equal('onetwo');
    release();
    expect([meter.bytes, meter.exceeded]).to.deep.equal([6, false]);
    expect(hash.digest('hex')).to.equal(createHash('sha256').update('onetwo').digest('hex'));
  });

  it('cuts at the limit and reads no further; exactly the limit is not too much', async () => {
    let read16 = 0;
    const endless = new Readable({
      read() {
        read16++;
        this.push(Buffer.alloc(16));
      },
    });
    const meter = new Meter(40, null);
    meter.takeFrom(endless);
    expect((await read(meter)).length).to.equal(40);
    expect([meter.bytes, meter.exceeded, endless.destroyed]).to.deep.equal([40, true, false]);
    const before = read16;
    await new Promise((resolve) => setImmediate(resolve));
    expect(read16 - before).to.be.at.most(1);
    endless.destroy();
    const exact = new Meter(6, null);
    exact.takeFrom(Readable.from([Buffer.from('onetwo')]));
    expect(await read(exact)).to.equal('onetwo');
    expect(exact.exceeded).to.equal(false);
  });

  it('asks its gate as bytes come, and takes no more when it refuses', async () => {
    const asked: number[] = [];
    const refusal = new Error('no room');
    let given = 0;
    const endless = new Readable({
      read() {
        given++;
        this.push(Buffer.alloc(16));
      },
    });
    const gate = async (bytes: number) => {
      asked.push(bytes);
      if (bytes > 100) throw refusal;
    };
    const meter = new Meter(1e9, null, gate, 48);
    meter.takeFrom(endless);
    await read(meter);
    expect(asked).to.deep.equal([48, 96, 144]);
    expect([meter.refused, meter.exceeded, endless.destroyed]).to.deep.equal([refusal, false, false]);
    const before = given;
    await new Promise((resolve) => setImmediate(resolve));
    expect(given - before).to.be.at.most(1);
    endless.destroy();
  });

  it('keeps what came before an error, a lost connection or the stop', async () => {
    const stop = new AbortController();
    const ends = [(body: PassThrough) => body.destroy(new Error('reset')), (body: PassThrough) => body.destroy(), () => stop.abort()];
    for (const end of ends) {
      const body = new PassThrough();
      const meter = new Meter(100, null);
      meter.takeFrom(body, stop.signal);
      body.write('half');
      expect(await read(meter, () => end(body))).to.equal('half');
      expect(meter.destroyed && meter.errored !== null).to.equal(false);
    }
    const late = new Meter(100, null);
    late.takeFrom(Readable.from([Buffer.from('never')]), stop.signal);
    expect(await read(late)).to.equal('');
  });
});
