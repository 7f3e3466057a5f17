import type { Ctx } from '../../../context.ts';
import type { Storage } from '../../../platform/storage/storage.ts';
import type { CachedBytes } from './delivery.bytes.ts';
import type { Derivative, Maker } from './delivery.maker.ts';
import { Strangers, type Take } from './delivery.strangers.ts';

export interface StillAdmissionDeps {
  readonly maker: Pick<Maker, 'get' | 'has'>;
  readonly storage: Pick<Storage, 'head'>;
  readonly take: Take;
}

/** Seconds of a film, pages and layers that have to be drawn first: there are as many as anybody cares to name, and each is kept. */
export class StillAdmission {
  private readonly deps: StillAdmissionDeps;
  private readonly strangers: Strangers;
  /** Equal wishes of one network at a time are one. */
  private readonly running = new Map<string, Promise<void>>();

  constructor(deps: StillAdmissionDeps) {
    this.deps = deps;
    this.strangers = new Strangers('stills', deps.take);
  }

  /**
   * As `Maker.get`.
   * @param stranger network of somebody without credential
   * @throws DeliveryError ERATE when a still would be drawn and this network has had enough
   */
  async get(ctx: Ctx, what: Derivative, stranger: string): Promise<CachedBytes> {
    if (!this.deps.maker.has(ctx, what.key)) await this.admit(ctx, what, stranger);
    return this.deps.maker.get(ctx, what);
  }

  private admit(ctx: Ctx, what: Derivative, stranger: string): Promise<void> {
    const key = `${stranger} ${what.key}`;
    const running = this.running.get(key);
    if (running) return running;
    const admitted = this.decide(ctx, what, stranger).finally(() => this.running.delete(key));
    this.running.set(key, admitted);
    return admitted;
  }

  private async decide(ctx: Ctx, { key, drawn }: Derivative, stranger: string): Promise<void> {
    const { storage } = this.deps;
    if (!drawn || (await storage.head(key)) || (await storage.head(drawn.key))) return;
    this.strangers.check(ctx, stranger);
    await this.strangers.pay(ctx, stranger);
  }
}
