import type { Ctx } from '../../../context.ts';
import type { Address } from './delivery.url.ts';
import type { AssetLookup, DeliveryAsset } from './delivery.lookup.ts';

/** Address to asset and rights, remembered for a moment (decisions 3). Absence is never remembered: publishing shows at once. */

export const DECISION_TTL_MS = 2_000;
const MAX_DECISIONS = 20_000;

export interface Decision {
  readonly asset: DeliveryAsset;
  /** ms */
  readonly freshUntil: number;
}

export class Decisions {
  private readonly lookup: AssetLookup;
  private readonly entries = new Map<string, Decision>();
  private readonly byAsset = new Map<string, Set<string>>();
  private readonly pending = new Map<string, Promise<Decision | null>>();
  /** Counts everything dropped: an answer read before a change must not be kept after it. */
  private epoch = 0;

  constructor(lookup: AssetLookup) {
    this.lookup = lookup;
  }

  /** The asset at an address, or null; equal questions at one time are asked once. */
  async get(ctx: Ctx, address: Address, version: number | null): Promise<Decision | null> {
    const key = `${ctx.workspaceId} ${version ?? ''} ${address.by === 'id' ? `@${address.id}` : address.path}`;
    const known = this.entries.get(key);
    if (known && known.freshUntil > ctx.clock.now().getTime()) return known;
    const running = this.pending.get(key);
    if (running) return running;
    const asked = this.ask(ctx, key, address, version).finally(() => this.pending.delete(key));
    this.pending.set(key, asked);
    return asked;
  }

  private async ask(ctx: Ctx, key: string, address: Address, version: number | null): Promise<Decision | null> {
    const epoch = this.epoch;
    const asked = ctx.clock.now().getTime();
    const { lookup } = this;
    const asset = await (address.by === 'id' ? lookup.byId(ctx, address.id, version) : lookup.byPath(ctx, address.path, version));
    this.entries.delete(key);
    if (!asset) return null;
    const until = asset.public.until?.getTime() ?? Number.POSITIVE_INFINITY;
    const unchanged = epoch === this.epoch;
    const decision = { asset, freshUntil: unchanged ? Math.min(asked + DECISION_TTL_MS, until) : asked };
    if (unchanged) this.keep(key, decision);
    return decision;
  }

  private keep(key: string, decision: Decision): void {
    this.entries.set(key, decision);
    const keys = this.byAsset.get(decision.asset.assetId) ?? new Set();
    this.byAsset.set(decision.asset.assetId, keys.add(key));
    if (this.entries.size > MAX_DECISIONS) this.forgetAll();
  }

  private forgetAll(): void {
    this.entries.clear();
    this.byAsset.clear();
  }

  dropAsset(assetId: string): void {
    this.epoch++;
    this.pending.clear();
    for (const key of this.byAsset.get(assetId) ?? []) this.entries.delete(key);
    this.byAsset.delete(assetId);
  }

  clear(): void {
    this.epoch++;
    this.pending.clear();
    this.forgetAll();
  }
}
