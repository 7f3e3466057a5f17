import type { EntityClass } from './platform/database/data-source.ts';

/** Every TypeORM entity of every module, listed by hand so that it works the same from source and compiled. */
export const entities: EntityClass[] = [];
