import { expect } from 'chai';
import { createLogger, type LogOptions } from '../../../src/platform/log.ts';
import { createMetrics } from '../../../src/platform/metrics.ts';
import { delivered, ingestFailed, jobFinished, type Telemetry, uploaded } from '../../../src/telemetry.ts';

function collecting(format: LogOptions['format'], level: LogOptions['level'] = 'debug') {
  const lines: string[] = [];
  const log = createLogger({ level, format, stream: { write: (line) => void lines.push(line) } });
  return { log, lines };
}

const PLANTED = 'PLANTED-0123456789abcdef';

describe('log', () => {
  it('writes one JSON line each, whatever the data', () => {
    const { log, lines } = collecting('json');
    const loop: Record<string, unknown> = { name: 'a\r\nb\u001b[31m\u2028' };
    loop['self'] = loop;
    log.info({ loop, big: 10n, bytes: Buffer.from('abc'), at: new Date(0), nothing: undefined, no: null }, 'hello\r\n{"level":"error"}');
    expect(lines).to.have.length(1);
    expect(lines[0]?.trimEnd()).not.to.match(/[\r\n\u001b]/);
    expect(JSON.parse(lines[0] ?? '')).to.include({ level: 'info', big: '10', bytes: '[3 bytes]', msg: 'hello\r\n{"level":"error"}' });
  });

  it('never writes a secret', () => {
    for (const format of ['json', 'pretty'] as const) {
      const { log, lines } = collecting(format);
      const cause = Object.assign(new Error(`duplicate key token=${PLANTED}`), {
        parameters: [PLANTED],
        detail: PLANTED,
        query: PLANTED,
        code: '23505',
      });
      log.info({
        password: PLANTED,
        newPassword: PLANTED,
        APP_SECRET: PLANTED,
        headers: { Authorization: `Bearer ${PLANTED}`, cookie: PLANTED, 'set-cookie': [PLANTED], 'X-Amz-Signature': PLANTED },
        nested: { list: [{ apiKey: PLANTED, access_token: PLANTED, webhookSecret: PLANTED }] },
        url: `https://x.example/cdn/a.jpg?ik-s=${PLANTED}&w=1&token=${PLANTED}&X-Amz-Signature=${PLANTED}`,
        note: `sent Bearer ${PLANTED} to postgres://damson:${PLANTED}@db/damson`,
      });
      log.child({ token: PLANTED, module: 'x' }).error({ err: new Error('failed', { cause }) }, 'failed');
      expect(lines.join('')).not.to.contain(PLANTED);
      expect(lines.join('')).to.contain('23505').and.to.contain('w=1');
    }
  });

  it('keeps fields that only sound similar', () => {
    const { log, lines } = collecting('json');
    log.info({ key: 'originals/a', tokens: 5, keyboard: 'x', signatures: 2, author: 'y' });
    expect(JSON.parse(lines[0] ?? '')).to.include({ key: 'originals/a', tokens: 5, keyboard: 'x', signatures: 2, author: 'y' });
  });

  it('keeps to its level', () => {
    const { log, lines } = collecting('json', 'warn');
    log.info({}, 'no');
    log.warn({}, 'yes');
    expect(lines).to.have.length(1);
  });

  it('writes lines for people that no data can break', () => {
    const { log, lines } = collecting('pretty');
    log.warn({ name: 'x\n12:00:00.000  ERROR  forged', list: [1] }, 'hello');
    log.error({ err: new Error('a\nb') }, 'oops');
    expect(lines[0]).to.match(/^\d\d:\d\d:\d\d\.\d{3} {2}WARN {3}hello {2}name=x\\u000a12:00:00\.000 {2}ERROR {2}forged list=\[1\]\n$/);
    expect(lines[1]).to.match(/ERROR {2}oops\n {4}Error: a\n {4}b\n/);
  });
});

describe('telemetry', () => {
  it('makes a figure of every fact, and a line where one is wanted', async () => {
    const { log, lines } = collecting('json', 'info');
    const t: Telemetry = { log, metrics: createMetrics({ process: false }) };
    const ctx = { requestId: 'r1' };
    uploaded(t, ctx, { way: 'tus', assetId: 'a1', bytes: 1_000, ms: 20, duplicate: false });
    delivered(t, { status: 200, source: 'hot', bytes: 47_000 });
    jobFinished(t, { job: 'assets.ingest', id: '1', attempt: 1, ms: 3 });
    jobFinished(t, { job: 'assets.ingest', id: '2', attempt: 5, ms: 3, error: new Error('no'), dead: true });
    ingestFailed(t, ctx, { assetId: 'a2', error: new Error('no') });
    t.metrics.onCollect(async () => t.metrics.outboxPending.set(7));
    const text = await t.metrics.text();
    for (const line of [
      'damson_uploads_total{way="tus",outcome="stored"} 1',
      'damson_delivered_bytes_total 47000',
      'damson_jobs_total{job="assets.ingest",outcome="dead"} 1',
      'damson_ingested_total{kind="unknown",outcome="failed"} 1',
      'damson_outbox_pending 7',
    ]) {
      expect(text).to.contain(line);
    }
    expect(lines.map((line) => (JSON.parse(line) as { msg: string }).msg)).to.deep.equal(['uploaded', 'ingest failed']);
  });
});
