export { brochure } from './demo.brochure.ts';
export { draw } from './demo.draw.ts';
export { embedded } from './demo.embed.ts';
export type { DemoItem } from './demo.item.ts';
export { DEMO_SOURCE, plan } from './demo.plan.ts';
export { DemoRepository } from './demo.repository.ts';
export { tune } from './demo.tone.ts';
