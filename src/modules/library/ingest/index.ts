export { ingestJob, type IngestPayload, tidyJob } from './ingest.jobs.ts';
export { type IngestDeps, IngestService } from './ingest.service.ts';
