import { createMetrics } from '../../../src/platform/metrics.ts';
import { type MemoryLimits, memoryFilms } from './films.ts';
import { readFileSync, writeFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer, type IncomingMessage, request, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import express from 'express';
import {
  type AssetLookup,
  createDelivery,
  createEndpoints,
  type DeliveryAsset,
  type DeliveryOptions,
  type Named,
} from '../../../src/modules/library/delivery/index.ts';
import type { MetadataPolicy, Renditions } from '../../../src/modules/library/renditions/index.ts';
import type { RenditionsRepository } from '../../../src/modules/library/renditions/renditions.repository.ts';
import { RenditionsService } from '../../../src/modules/library/renditions/renditions.service.ts';
import type { Notifications } from '../../../src/platform/database/database.ts';
import { silentLog } from '../../../src/platform/log.ts';
import type { Media } from '../../../src/platform/media/media.ts';
import type { Resume } from '../../../src/platform/media/plan.ts';
import { refusal } from '../../../src/platform/media/raster-child.ts';
import { toRasterError } from '../../../src/platform/media/raster/raster-error.ts';
import { runPlan } from '../../../src/platform/media/raster/run-plan.ts';
import { keys } from '../../../src/platform/storage/keys.ts';
import type { Key, Storage } from '../../../src/platform/storage/storage.ts';

/** Delivery with everything around it in memory, on a real HTTP server. */

export const WORKSPACE = '01890000-0000-7000-8000-000000000001';
const SECOND = '01890000-0000-7000-8000-000000000002';

/** As a store gives them: whoever sends them on waits for its client in between. */
function* inPieces(data: Buffer, size = 65_536): Generator<Buffer> {
  for (let at = 0; at < data.length; at += size) yield data.subarray(at, at + size);
}

/** Bytes by key, in memory and (for readers that want a path) in one temporary folder. */
export function memoryStorage(dir: string) {
  const objects = new Map<string, Buffer>();
  const calls = { read: 0, put: 0, onHead: (): void => undefined };
  const storage: Partial<Storage> = {
    async put(key, body) {
      calls.put++;
      const data = Buffer.isBuffer(body) ? body : await buffer(body);
      objects.set(key, data);
      return { key, bytes: data.length, modifiedAt: new Date() };
    },
    async read(key, range) {
      calls.read++;
      const data = objects.get(key);
      if (!data) return null;
      const part = range ? data.subarray(range.start, range.end + 1) : data;
      return {
        key,
        bytes: data.length,
        modifiedAt: new Date(),
        stream: Readable.from(inPieces(part)),
        range: range ?? { start: 0, end: data.length - 1 },
      };
    },
    async head(key) {
      calls.onHead();
      const data = objects.get(key);
      return data ? { key, bytes: data.length, modifiedAt: new Date() } : null;
    },
    async withLocalFile(key, work) {
      const data = objects.get(key);
      if (!data) return null;
      const path = join(dir, key.replaceAll('/', '-'));
      writeFileSync(path, data);
      return work(path);
    },
  };
  return { storage: storage as Storage, objects, calls };
}

/** Renders in this process; counts. `gate` can hold renders back. */
export function localMedia() {
  const calls = { render: 0, gate: Promise.resolve() };
  const media: Partial<Media> = {
    copiesTags: async () => true,
    async render(file, plan, _options, { inputs = [], resume } = {}) {
      calls.render++;
      await calls.gate;
      let refused: Error | null = null;
      const ask = async (...given: Parameters<Resume>) => {
        try {
          return resume?.(...given) ?? [];
        } catch (error) {
          refused = error instanceof Error ? error : new Error(String(error));
          throw refused;
        }
      };
      try {
        const input = async (index: number) => readFileSync(inputs[index] ?? '');
        return await runPlan(readFileSync(file.path), plan, { maxPixels: 100_000_000, input, resume: ask });
      } catch (error) {
        const { reason, message, limit } = toRasterError(error);
        throw refused ?? refusal(reason, message, limit);
      }
    },
  };
  return { media: media as Media, calls };
}

/** Notifications whose sender is the test. */
export function fakeNotifications() {
  const handlers = new Set<(payload: string) => void>();
  const gaps = new Set<() => void>();
  const notifications: Notifications = {
    async listen(_channel, handle) {
      handlers.add(handle);
      return async () => void handlers.delete(handle);
    },
    onGap: (handle) => void gaps.add(handle),
    async notify() {},
  };
  return {
    notifications,
    send: (payload: string) => {
      for (const handle of handlers) handle(payload);
    },
    gap: () => {
      for (const handle of gaps) handle();
    },
  };
}

/** Claims and rows in memory. */
function memoryRenditions(storage: Storage) {
  const claims = new Map<string, string>();
  let asked = 0;
  const rows: { versionId: string; recipeHash: string }[] = [];
  const repository = {
    async record(_ctx: unknown, versionId: string, row: { recipeHash: string; storageKey: string }, owner: string | null) {
      rows.push({ versionId, recipeHash: row.recipeHash });
      if (owner) claims.delete(row.storageKey);
    },
    async claim(_ctx: unknown, key: string, owner: string) {
      asked++;
      if (claims.has(key)) return false;
      claims.set(key, owner);
      return true;
    },
    async release(_ctx: unknown, key: string) {
      claims.delete(key);
    },
  };
  const renditions: Renditions = new RenditionsService(repository as unknown as RenditionsRepository, storage);
  /** How often a claim was asked for. */
  return { renditions, claims, rows, claimed: () => asked };
}

export interface Answer {
  readonly status: number;
  readonly headers: IncomingMessage['headers'];
  readonly body: Buffer;
}

/** Sends the target exactly as written. */
export function fetchRaw(port: number, target: string, headers: Record<string, string> = {}, method = 'GET'): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const req = request({ port, host: '127.0.0.1', path: target, method, headers, agent: false }, (res) => {
      buffer(res).then((body) => resolve({ status: res.statusCode ?? 0, headers: res.headers, body }), reject);
    });
    req.on('error', reject);
    req.end();
  });
}

export async function startDelivery(
  over: Partial<Omit<DeliveryOptions, 'settings'>> & {
    filmLimits?: MemoryLimits;
    mode?: 'open' | 'signed' | 'presets';
    keys?: string[];
  } = {},
) {
  const dir = await mkdtemp(join(tmpdir(), 'damson-delivery-'));
  const { storage, objects, calls } = memoryStorage(dir);
  const { media, calls: mediaCalls } = localMedia();
  const { notifications, send, gap } = fakeNotifications();
  const { renditions, claims, rows, claimed } = memoryRenditions(storage);
  const { films, rows: wishes, turns, noted, opened } = memoryFilms(over.filmLimits);
  const byPath = new Map<string, DeliveryAsset>();
  const seen = { lookups: 0, previews: true, originals: false, now: Date.now(), metadata: 'rights' as MetadataPolicy };
  const counted = { answers: 0 };
  const named = new Map<string, Named>();
  const watchers: (() => void)[] = [];
  const find = (match: (asset: DeliveryAsset, path: string) => boolean, version: number | null) => {
    seen.lookups++;
    for (const [path, asset] of byPath) if (match(asset, path) && (version ?? asset.versionNumber) === asset.versionNumber) return asset;
    return null;
  };
  const lookup: AssetLookup = {
    byPath: async (ctx, path, version) => find((asset, at) => at === path && asset.workspaceId === ctx.workspaceId, version),
    byId: async (ctx, id, version) => find((asset) => asset.assetId === id && asset.workspaceId === ctx.workspaceId, version),
  };
  const delivery = createDelivery({
    telemetry: { log: silentLog, metrics: createMetrics({ process: false }) },
    lookup,
    access: { mayPreview: async () => seen.previews, mayDownload: async () => seen.originals },
    endpoints: createEndpoints({
      mount: '/cdn',
      mode: over.mode ?? 'open',
      workspaces: () => [
        { id: WORKSPACE, slug: 'main', first: true },
        { id: SECOND, slug: 'second', first: false },
      ],
      signingKeys: () => (over.keys ?? []).map((secret) => ({ secret })),
    }),
    renditions,
    films,
    usage: { count: () => void (counted.answers += 1) },
    storage,
    media,
    notifications,
    clock: { now: () => new Date(seen.now) },
    log: silentLog,
    tokenKey: Buffer.alloc(32, 7),
    settings: {
      named: (workspaceId, name) => (workspaceId === WORKSPACE ? (named.get(name) ?? null) : null),
      metadata: () => seen.metadata,
      onChange: (handle) => void watchers.push(handle),
    },
    publicUrl: () => 'http://damson.test',
    hotCacheBytes: 8_000_000,
    strict: false,
    ...over,
  });
  await delivery.start();
  const app = express().disable('x-powered-by');
  app.use(delivery.router);
  app.use((_req, res) => void res.status(418).end());
  const server: Server = createServer((req, res) => {
    if (!delivery.hot(req, res, app)) app(req, res);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;

  /** Puts an asset at a path, its bytes in storage. */
  function add(path: string, data: Buffer, facts: Partial<DeliveryAsset> = {}): DeliveryAsset {
    const number = byPath.size + 1;
    const id = (kind: string) => `01890000-0000-7000-8000-${kind}${String(number).padStart(11, '0')}`;
    const asset: DeliveryAsset = {
      assetId: id('a'),
      workspaceId: WORKSPACE,
      folderId: id('f'),
      name: path.split('/').at(-1) ?? path,
      versionId: id('e'),
      versionNumber: 1,
      blobId: id('b'),
      bytes: data.length,
      mime: 'image/jpeg',
      kind: 'image',
      width: 400,
      height: 300,
      hasAlpha: false,
      density: null,
      rights: null,
      frames: 1,
      pages: 1,
      durationMs: null,
      probe: {},
      processing: false,
      public: { now: true, until: null },
      releaseOriginal: false,
      mezzanine: null,
      half: null,
      still: null,
      trashed: false,
      framing: null,
      formerly: false,
      ...facts,
    };
    byPath.set(path, asset);
    objects.set(keys.original(asset.workspaceId, asset.blobId), data);
    return asset;
  }

  /** Changes an asset as its module would: the row, then the notification. */
  function change(path: string, facts: Partial<DeliveryAsset>, notify = true): void {
    const asset = byPath.get(path);
    if (!asset) throw new Error(`no asset at ${path}`);
    byPath.set(path, { ...asset, ...facts });
    if (notify) send(asset.assetId);
  }

  return {
    delivery,
    /** For clients that do what `fetch` does not. */
    port,
    objects,
    calls,
    mediaCalls,
    /** Without stills, unless the test gives it some. */
    media,
    claims,
    claimed,
    /** Answers that the statistics of an asset know of. */
    counted,
    rows,
    /** Rows of films that were asked for. */
    wishes,
    /** Place of each that was put into the queue. */
    turns,
    /** Those of which it was noted that they are asked for. */
    noted,
    /** How often open wishes were counted. */
    opened,
    seen,
    /** Gives a transformation a name, or takes it away (null), as its module would. */
    name: (name: string, transformation: string | null, metadata: Named['metadata'] = null) => {
      if (transformation === null) named.delete(name);
      else named.set(name, { transformation, metadata });
      for (const handle of watchers) handle();
    },
    gap,
    add,
    change,
    put: (key: Key, data: Buffer) => void objects.set(key, data),
    get: (target: string, headers?: Record<string, string>, method?: string) => fetchRaw(port, target, headers, method),
    async close() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
      await delivery.close();
      await rm(dir, { recursive: true, force: true });
    },
  };
}
