import type { Telemetry } from '../telemetry.ts';
import type { Adapters } from './adapters.ts';
import type { Modules } from './modules.ts';

/** Figures that are read when somebody asks for metrics, not counted as they happen. */
export function collectGauges(telemetry: Telemetry, adapters: Adapters, { delivery }: Pick<Modules, 'delivery'>): void {
  const { metrics } = telemetry;
  metrics.onCollect(async () => {
    const { queues, outboxPending, outboxOldestMs } = await adapters.runner.stats();
    for (const { queue, waiting, active, delayed, failed } of queues) {
      for (const [state, count] of Object.entries({ waiting, active, delayed, failed })) metrics.queue.set({ queue, state }, count);
    }
    metrics.outboxPending.set(outboxPending);
    metrics.outboxOldestSeconds.set(outboxOldestMs / 1000);
  });
  metrics.onCollect(async () => {
    const { freeBytes } = await adapters.storage.describe();
    if (freeBytes !== null) metrics.storageFreeBytes.set(freeBytes);
  });
  let counted = 0;
  metrics.onCollect(async () => {
    const { hits, bytes } = delivery.stats();
    metrics.hotCacheBytes.set(bytes);
    // The hot path counts for itself and is added up here: a counter per request would cost it several per cent.
    metrics.delivered.inc({ status: '200', source: 'hot' }, hits - counted);
    counted = hits;
  });
  for (const [part, ask] of Object.entries({
    database: () => adapters.database.describe(),
    search: () => adapters.searchEngine.describe(),
  })) {
    metrics.onCollect(async () => {
      const up = await ask().then(
        () => 1,
        () => 0,
      );
      metrics.partUp.set({ part }, up);
    });
  }
}
