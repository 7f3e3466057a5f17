import { once } from 'node:events';
import { Agent, type IncomingMessage, request } from 'node:http';
import { connect } from 'node:net';
import { expect } from 'chai';
import { until } from '../../support/until.ts';
import { watchUploadRate } from '../../../src/platform/http/deadline.ts';
import { answerMetrics, measureRequest } from '../../../src/platform/http/metrics-endpoint.ts';
import { sendProblem } from '../../../src/platform/http/problem.ts';
import { noteRoute } from '../../../src/platform/http/request-id.ts';
import { createHttpServer } from '../../../src/platform/http/server.ts';
import { type EventStream, openEventStream } from '../../../src/platform/http/sse.ts';
import { createMetrics } from '../../../src/platform/metrics.ts';
import { ask, raw, serve } from './support.ts';

function get(port: number, path: string, agent: Agent): Promise<IncomingMessage> {
  return new Promise((resolve, reject) => {
    request({ port, path, agent }, (res) => {
      res.resume();
      res.once('end', () => resolve(res));
    })
      .on('error', reject)
      .end();
  });
}

describe('http server', () => {
  it('asks the hot path first', async () => {
    const http = createHttpServer(
      (_req, res) => void res.end('app'),
      (req, res) => req.url === '/hot' && (res.end('hot'), true),
    );
    const port = await http.listen(0, '127.0.0.1');
    expect((await ask(`http://127.0.0.1:${port}/hot`)).body.toString()).to.equal('hot');
    expect((await ask(`http://127.0.0.1:${port}/cold`)).body.toString()).to.equal('app');
    expect(await http.close(1_000)).to.deep.equal({ cut: 0 });
  });

  it('says when its port is taken', async () => {
    const one = createHttpServer((_req, res) => void res.end());
    const port = await one.listen(0, '127.0.0.1');
    const code = await createHttpServer((_req, res) => void res.end())
      .listen(port, '127.0.0.1')
      .then(
        () => 'listens',
        (error: NodeJS.ErrnoException) => error.code,
      );
    expect(code).to.equal('EADDRINUSE');
    await one.close(100);
  });

  it('finishes what runs, closes what idles, and asks clients to come again elsewhere', async () => {
    let finish: () => void = () => undefined;
    let begun = false;
    const http = createHttpServer((req, res) => {
      if (req.url !== '/slow') return void res.end('quick');
      begun = true;
      finish = () => res.end('slow');
    });
    const port = await http.listen(0, '127.0.0.1');
    const agent = new Agent({ keepAlive: true });
    await get(port, '/', agent);
    const slow = get(port, '/slow', agent);
    const idle = connect(port, '127.0.0.1');
    await once(idle, 'connect');
    await until('the request to begin', () => begun);
    const closing = http.close(20_000);
    finish();
    expect((await slow).headers.connection).to.equal('close');
    expect(await closing).to.deep.equal({ cut: 0 });
    idle.destroy();
    agent.destroy();
  });

  it('cuts what takes longer than the grace time, and says so', async () => {
    const http = createHttpServer(() => undefined);
    const port = await http.listen(0, '127.0.0.1');
    const hanging = ask(`http://127.0.0.1:${port}/`).catch((error: NodeJS.ErrnoException) => error.code);
    await until(
      'the connection',
      () => new Promise<boolean>((resolve) => http.server.getConnections((_error, count) => resolve(count > 0))),
    );
    const { cut } = await http.close(50);
    expect(await hanging).to.equal('ECONNRESET');
    expect(cut).to.be.at.most(1);
  });

  it('answers what is no request', async () => {
    const http = createHttpServer((_req, res) => void res.end());
    const port = await http.listen(0, '127.0.0.1');
    expect(await raw(port, 'NONSENSE\r\n\r\n')).to.match(/^HTTP\/1\.1 400 Bad Request/);
    expect(await raw(port, `GET / HTTP/1.1\r\nhost: x\r\nx: ${'y'.repeat(40_000)}\r\n\r\n`)).to.match(/^HTTP\/1\.1 431/);
    await http.close(100);
  });
});

describe('event streams', () => {
  it('sends events that cannot be forged by their data, and ends with the server', async () => {
    let stream: EventStream | null = null;
    const http = createHttpServer((req, res) => {
      stream = openEventStream(req, res, { heartbeatMs: 5 });
    });
    const port = await http.listen(0, '127.0.0.1');
    const response = await fetch(`http://127.0.0.1:${port}/`, { headers: { 'last-event-id': '41' } });
    const opened: EventStream = await until('the stream', () => stream);
    expect(opened.lastEventId).to.equal('41');
    expect(opened.send('asset.ready', { name: 'a\n\nevent: forged\ndata: 1' }, '42')).to.equal(true);
    expect(() => opened.send('a\nb', 1)).to.throw('not an event name');
    const closing = http.close(5_000);
    const text = await response.text();
    expect(response.headers.get('content-type')).to.equal('text/event-stream; charset=utf-8');
    expect(text).to.contain('id: 42\nevent: asset.ready\ndata: {"name":"a\\n\\nevent: forged\\ndata: 1"}\n\n');
    expect(text).not.to.contain('\nevent: forged');
    await opened.closed;
    expect(opened.send('late', 1)).to.equal(false);
    expect(await closing).to.deep.equal({ cut: 0 });
  });

  it('keeps quiet connections alive', async () => {
    const running = await serve((req, res) => void openEventStream(req, res, { heartbeatMs: 5 }));
    const response = await fetch(running.url);
    const reader = response.body?.pipeThrough(new TextDecoderStream()).getReader();
    let text = '';
    while (!text.includes(': still here')) text += (await reader?.read())?.value ?? '';
    await reader?.cancel();
    await running.close();
  });

  it('lets a client go that does not read', async () => {
    let stream: EventStream | null = null;
    const running = await serve((req, res) => {
      stream = openEventStream(req, res, { maxBufferedBytes: 10_000 });
    });
    const socket = connect(running.port, '127.0.0.1', () => socket.write('GET / HTTP/1.1\r\nhost: x\r\n\r\n'));
    socket.pause();
    const opened: EventStream = await until('the stream', () => stream);
    let sent = 0;
    while (opened.send('x', 'y'.repeat(1_000)) && sent < 1_000_000) sent++;
    await opened.closed;
    expect(sent).to.be.below(1_000_000);
    socket.destroy();
    await running.close();
  });
});

describe('minimum upload rate', () => {
  const rule = { bytesPerSecond: 1_000_000, windowMs: 150 };

  it('ends a dripping body with 408 too_slow, and the handler learns it', async () => {
    let told: unknown = null;
    const running = await serve((req, res) => {
      watchUploadRate(req, res, rule);
      req.resume();
      req.once('error', (error) => {
        told = error;
      });
    });
    const answer = await raw(running.port, 'POST / HTTP/1.1\r\nhost: x\r\ncontent-length: 1000000\r\n\r\nabc');
    expect(answer)
      .to.match(/^HTTP\/1\.1 408 /)
      .and.to.contain('"code":"too_slow"');
    expect(told).to.include({ code: 'too_slow' });
    await running.close();
  });

  it('leaves a fast body alone, and one that waits for us', async () => {
    const running = await serve((req, res) => {
      watchUploadRate(req, res, rule);
      if (req.url === '/fast') req.resume().once('end', () => res.end('stored'));
      else setTimeout(() => req.resume().once('end', () => res.end('stored')), 400); // our own slowness is what is tested
    });
    const body = Buffer.alloc(1_000_000);
    for (const path of ['/fast', '/we-are-slow'])
      expect((await ask(`${running.url}${path}`, { method: 'POST', body })).status, path).to.equal(200);
    await running.close();
  });
});

describe('metrics endpoint', () => {
  it('counts by operation, and is seen only with the token or from this machine', async () => {
    const metrics = createMetrics({ process: false });
    let token: string | null = null;
    const running = await serve((req, res) => {
      measureRequest(metrics, req, res);
      noteRoute(res, 'metrics.get');
      answerMetrics(req, res, metrics, token).catch((error: unknown) => sendProblem(req, res, error));
    });
    expect((await ask(running.url)).status).to.equal(200);
    expect((await ask(running.url, { headers: { 'x-forwarded-for': '1.2.3.4' } })).status).to.equal(404);
    token = 'right-token-0123456789';
    expect((await ask(running.url)).status).to.equal(404);
    expect((await ask(running.url, { headers: { authorization: 'Bearer wrong' } })).status).to.equal(404);
    metrics.onCollect(() => Promise.reject(new Error('a part that is down')));
    const answer = await ask(running.url, { headers: { authorization: `Bearer ${token}` } });
    expect(answer.status).to.equal(200);
    expect(answer.headers['content-type']).to.match(/^text\/plain/);
    expect(answer.body.toString()).to.contain(
      'damson_http_request_duration_seconds_count{route="metrics.get",method="GET",status="4xx"} 3',
    );
    await running.close();
  });
});
