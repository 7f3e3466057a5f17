import './platform/http/zod-openapi.ts';
import { OpenAPIRegistry, OpenApiGeneratorV31, type ResponseConfig, type RouteConfig } from '@asteasolutions/zod-to-openapi';
import { z, type ZodObject, type ZodType } from 'zod';
import { errorKinds } from './errors.ts';
import { declaredRoutes } from './routes.ts';
import { takesKey } from './platform/http/idempotency-key.ts';
import type { AnyRoute } from './platform/http/route.ts';

/** OpenAPI 3.1 from the route declarations: there is no second description of the API. */

const VERSION = '0.1.0';

const problemSchema = z
  .looseObject({
    type: z.string(),
    title: z.string(),
    status: z.number().int(),
    code: z.string().meta({ description: 'Stable; listed in docs/errors.md.' }),
    detail: z.string().optional(),
    requestId: z.string().optional(),
  })
  .meta({ id: 'Problem' });

const idempotencyKeySchema = z.string().max(200).optional().meta({
  description: 'A call repeated with the same key within 24 hours is answered as the first one was, and not done again.',
});

/** The whole document. @param publicUrl where this server is reached; left out in the generated file */
export function buildOpenApi(publicUrl?: string): Record<string, unknown> {
  const registry = new OpenAPIRegistry();
  registry.registerComponent('securitySchemes', 'apiKey', {
    type: 'http',
    scheme: 'bearer',
    description: 'An API key: `Authorization: Bearer dmsn_…`',
  });
  registry.registerComponent('securitySchemes', 'session', {
    type: 'apiKey',
    in: 'cookie',
    name: 'damson',
    description: 'The web app’s session.',
  });
  for (const route of declaredRoutes()) registry.registerPath(describe(route));
  const document = new OpenApiGeneratorV31(registry.definitions).generateDocument({
    openapi: '3.1.0',
    info: {
      title: 'Damson',
      version: VERSION,
      description: `Errors are RFC 9457 problem documents with a stable \`code\`. Delivery of images (\`/cdn\`) is described in docs/transformations.md. Codes: ${errorKinds()
        .map((kind) => `\`${kind.code}\``)
        .join(', ')}.`,
      license: { name: 'Apache-2.0', identifier: 'Apache-2.0' },
    },
    servers: [{ url: `${publicUrl ?? ''}/api/v1` }],
  });
  return JSON.parse(JSON.stringify(document)) as Record<string, unknown>;
}

function describe(route: AnyRoute): RouteConfig {
  const path = route.path.replace(/:(\w+)/g, '{$1}');
  const responses: Record<string, ResponseConfig> = {};
  for (const [status, schema] of Object.entries(route.responses)) responses[status] = response(schema, Number(status));
  responses['default'] = { description: 'A problem', content: { 'application/problem+json': { schema: problemSchema } } };
  const open = route.access.kind === 'anyone';
  const fields = {
    ...(route.ifMatch === true ? { 'If-Match': z.string().meta({ description: '"<rowVersion>"' }) } : {}),
    ...(takesKey(route) ? { 'Idempotency-Key': idempotencyKeySchema } : {}),
  };
  const headers = Object.keys(fields).length > 0 ? z.object(fields) : undefined;
  return {
    method: route.method,
    path,
    operationId: route.id,
    summary: route.summary,
    description: [route.description, accessText(route), `Since ${route.since}.`].filter(Boolean).join('\n\n'),
    tags: [route.tag],
    security: open
      ? []
      : route.access.kind === 'signed_in' && route.access.scope === null
        ? [{ session: [] }]
        : [{ apiKey: [] }, { session: [] }],
    request: {
      ...(route.params ? { params: route.params as ZodObject } : {}),
      ...(route.query ? { query: route.query as ZodObject } : {}),
      ...(headers ? { headers } : {}),
      ...body(route),
    },
    responses,
  };
}

function accessText(route: AnyRoute): string {
  if (route.access.kind === 'anyone') return `Open to anyone: ${route.access.why}.`;
  const scope = route.access.scope === null ? 'sessions only' : `scope \`${route.access.scope}\``;
  return `Needs \`${route.access.verb}\` on the ${route.access.on}; ${scope}.`;
}

function body(route: AnyRoute): Partial<NonNullable<RouteConfig['request']>> {
  if (route.bodyType === 'multipart/form-data') {
    const schema = { type: 'object' as const, required: ['file'], properties: multipartProperties() };
    return { body: { required: true, content: { 'multipart/form-data': { schema } } } };
  }
  if (route.bodyType === 'application/offset+octet-stream') return {};
  if (!route.body) return {};
  return {
    body: {
      required: !(route.body as ZodType).safeParse(undefined).success,
      content: { 'application/json': { schema: route.body as ZodType } },
    },
  };
}

function multipartProperties() {
  const text = (description: string) => ({ type: 'string' as const, description });
  return {
    file: {
      type: 'array' as const,
      items: { type: 'string' as const, contentMediaType: 'application/octet-stream' },
      description: 'One or more files.',
    },
    folder: text('Path; created if missing. Default "/".'),
    tags: text('Comma list.'),
    title: text('Title of the asset.'),
    metadata: text('JSON object of metadata values.'),
    publish: { type: 'string' as const, enum: ['true', 'false'] },
    onConflict: { type: 'string' as const, enum: ['rename', 'version', 'fail'], default: 'rename' },
    onDuplicate: { type: 'string' as const, enum: ['keep', 'skip', 'version'], default: 'keep' },
  };
}

function response(schema: ZodType | null | 'binary' | 'stream', status: number): ResponseConfig {
  if (status === 302) return { description: 'At another address', headers: z.object({ Location: z.string() }) };
  if (schema === null) return { description: 'Done' };
  if (schema === 'binary') {
    return {
      description: 'The bytes',
      content: { 'application/octet-stream': { schema: { type: 'string', contentMediaType: 'application/octet-stream' } } },
    };
  }
  if (schema === 'stream') return { description: 'Server-sent events', content: { 'text/event-stream': { schema: { type: 'string' } } } };
  return { description: 'OK', content: { 'application/json': { schema } } };
}
