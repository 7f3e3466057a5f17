import { expect } from 'chai';
import { eventually, type TestServer } from './harness.ts';

/** What tests of films do with a server: bring files, make them public, and wait until a film is made. */
export function filmClient(server: TestServer) {
  const post = (path: string) => server.api(path, { method: 'POST', headers: { 'Content-Type': 'application/json' }, body: '{}' });

  async function upload(name: string, data: Buffer): Promise<string> {
    const form = new FormData();
    form.set('file', new Blob([new Uint8Array(data)]), name);
    return ((await (await server.api('/api/v1/assets', { method: 'POST', body: form })).json()) as { id: string }).id;
  }

  /** Ready, and public unless said otherwise. */
  async function add(name: string, data: Buffer, { publish = true } = {}): Promise<string> {
    const id = await upload(name, data);
    if (publish) expect((await post(`/api/v1/assets/${id}/publish`)).status).to.be.below(300);
    await eventually(async () => ((await (await server.api(`/api/v1/assets/${id}`)).json()) as { status: string }).status === 'ready', {
      ms: 60_000,
    });
    return id;
  }

  /** Asks until it is there. @throws when it is refused */
  async function made(target: string, headers: Record<string, string> = {}): Promise<Response> {
    const answer = await eventually(
      async () => {
        const found = await server.raw(target, { headers });
        if (found.status !== 202) return found;
        await found.arrayBuffer();
        return false;
      },
      { ms: 60_000 },
    );
    if (answer.status >= 300) throw new Error(`${target}: ${answer.status} ${answer.headers.get('ik-error')}`);
    return answer;
  }

  /** What is refused, at once or once it was tried. */
  async function refused(target: string): Promise<[status: number, code: string]> {
    return eventually(
      async () => {
        const answer = await server.raw(target);
        await answer.arrayBuffer();
        return answer.status !== 202 && [answer.status, answer.headers.get('ik-error')?.split(' ')[0] ?? ''];
      },
      { ms: 60_000 },
    );
  }

  return { upload, add, post, made, refused, film: async (target: string) => Buffer.from(await (await made(target)).arrayBuffer()) };
}
