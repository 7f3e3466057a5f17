import { extendZodWithOpenApi } from '@asteasolutions/zod-to-openapi';
import { z } from 'zod';

// Once, before the first schema is described.
extendZodWithOpenApi(z);
