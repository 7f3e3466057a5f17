export { MetadataRepository } from './metadata.repository.ts';
export { MetadataService } from './metadata.service.ts';
export { rightsOf } from './metadata.rights.ts';
export type { FieldValue } from './metadata.mapping.ts';
export type { Source } from './metadata.precedence.ts';
