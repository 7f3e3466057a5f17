export { ingestJob, type IngestPayload, refreshJob, tidyJob } from './ingest.jobs.ts';
export { refreshOutdated } from './ingest.refresh.ts';
export { type IngestDeps, IngestService } from './ingest.service.ts';
