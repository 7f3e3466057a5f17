import { expect } from 'chai';
import express from 'express';
import multer from 'multer';
import { storageFull } from '../../../src/errors.ts';
import { problemHandler, toProblem } from '../../../src/platform/http/problem.ts';
import { silentLog } from '../../../src/platform/log.ts';
import { ask, json, type Running, serve } from './support.ts';

const status = (error: unknown): string => {
  const { problem } = toProblem(error, 'r1');
  return `${problem.status} ${problem.code}`;
};

describe('problem documents', () => {
  it('map what is known and hide the rest', () => {
    expect(status(Object.assign(new Error('no space'), { code: 'ENOSPC' }))).to.equal('507 storage_full');
    expect(status(storageFull())).to.equal('507 storage_full');
    expect(status(Object.assign(new Error('terminating connection'), { code: '57P01' }))).to.equal('503 unavailable');
    expect(status(new Error('Connection terminated unexpectedly'))).to.equal('503 unavailable');
    expect(status(new URIError('URI malformed'))).to.equal('400 invalid_request');
    for (const thrown of [new Error('x'), 'text', null, undefined, 42, { status: 200 }, Object.assign(new Error('x'), { status: 302 })]) {
      expect(status(thrown)).to.equal('500 internal_error');
    }
  });

  it('cannot be forged by extra members', () => {
    const { problem } = toProblem(storageFull({ extra: { status: 200, code: 'fine', limit: 5 } }), 'r1');
    expect(problem).to.include({ status: 507, code: 'storage_full', limit: 5, requestId: 'r1' });
  });
});

describe('multipart mistakes', () => {
  let running: Running;
  before(async () => {
    const app = express();
    const upload = multer({ limits: { fileSize: 100, files: 1, fields: 3, fieldSize: 50, fieldNameSize: 20, parts: 5 } });
    app.post('/', upload.single('file'), (_req, res) => void res.end('ok'));
    app.use(problemHandler(silentLog));
    running = await serve(app);
  });
  after(() => running.close());

  const part = (name: string, value: string, file = false): string =>
    `--b\r\nContent-Disposition: form-data; name="${name}"${file ? '; filename="a.bin"' : ''}\r\n\r\n${value}\r\n`;
  const post = async (body: string, type = 'multipart/form-data; boundary=b'): Promise<number> => {
    const answer = await ask(running.url, { method: 'POST', headers: { 'content-type': type }, body });
    if (answer.status !== 200) expect(json(answer)['code']).to.be.a('string');
    return answer.status;
  };

  it('are 4xx, never 500', async () => {
    expect(await post(`${part('file', 'x', true)}--b--\r\n`)).to.equal(200);
    expect(await post(`${part('file', 'x'.repeat(200), true)}--b--\r\n`)).to.equal(413);
    expect(await post(`${part('a', 'x'.repeat(200))}--b--\r\n`)).to.equal(413);
    expect(await post(`${part('file', 'x', true)}${part('file', 'x', true)}--b--\r\n`)).to.equal(400);
    expect(await post(`${part('other', 'x', true)}--b--\r\n`)).to.equal(400);
    expect(await post(`${part('n'.repeat(50), 'x')}--b--\r\n`)).to.equal(400);
    expect(await post(`${Array.from({ length: 50_000 }, (_, i) => part(`f${i}`, 'x')).join('')}--b--\r\n`)).to.equal(400);
    expect(await post(part('file', 'cut off', true))).to.equal(400);
    expect(await post('--b\r\nbroken\r\n\r\nx\r\n--b--\r\n')).to.equal(400);
    expect(await post('x', 'multipart/form-data')).to.equal(400);
  });
});
