/** The readable face of the OpenAPI document: one static page, no scripts. */

interface Operation {
  operationId: string;
  summary?: string;
  description?: string;
  tags?: string[];
  security?: object[];
  parameters?: { name: string; in: string; required?: boolean; description?: string; schema?: Schema }[];
  requestBody?: { content: Record<string, { schema: Schema }> };
  responses: Record<string, { description: string; content?: Record<string, { schema: Schema }> }>;
}
interface Schema {
  $ref?: string;
  type?: string | string[];
  description?: string;
  enum?: unknown[];
  items?: Schema;
  properties?: Record<string, Schema>;
  required?: string[];
  anyOf?: Schema[];
  allOf?: Schema[];
  format?: string;
  default?: unknown;
}
interface Document {
  info: { title: string; version: string; description: string };
  servers: { url: string }[];
  paths: Record<string, Record<string, Operation>>;
  components?: { schemas?: Record<string, Schema> };
}

/** HTML of the API documentation. */
export function docsPage(openapi: Record<string, unknown>): string {
  const document = openapi as unknown as Document;
  const groups = new Map<string, string[]>();
  for (const [path, methods] of Object.entries(document.paths)) {
    for (const [method, operation] of Object.entries(methods)) {
      const tag = operation.tags?.[0] ?? 'Other';
      groups.set(tag, [...(groups.get(tag) ?? []), operationHtml(path, method, operation)]);
    }
  }
  const tags = [...groups.keys()].sort();
  const nav = tags.map((tag) => `<a href="#${slug(tag)}">${escape(tag)}</a>`).join('');
  const sections = tags
    .map((tag) => `<section id="${slug(tag)}"><h2>${escape(tag)}</h2>${(groups.get(tag) ?? []).join('')}</section>`)
    .join('');
  const schemas = Object.entries(document.components?.schemas ?? {})
    .map(
      ([name, schema]) =>
        `<details id="schema-${escape(name)}"><summary><code>${escape(name)}</code></summary>${schemaHtml(schema)}</details>`,
    )
    .join('');
  return `<!doctype html><html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width,initial-scale=1">
<title>${escape(document.info.title)} API</title><style>${STYLE}</style></head><body><header><h1>${escape(document.info.title)} API <small>${escape(document.info.version)}</small></h1>
<p>Base address <code>${escape(document.servers[0]?.url ?? '')}</code> · <a href="/api/v1/openapi.json">openapi.json</a></p>
<p>Machines send <code>Authorization: Bearer &lt;api key&gt;</code>; the web app uses its session. Errors are <code>application/problem+json</code> with a stable <code>code</code>.</p>
<nav>${nav}<a href="#schemas">Shapes</a></nav></header><main>${sections}<section id="schemas"><h2>Shapes</h2>${schemas}</section></main></body></html>`;
}

function operationHtml(path: string, method: string, operation: Operation): string {
  const open = operation.security?.length === 0 ? '<span class="open">open</span>' : '';
  const parameters = (operation.parameters ?? [])
    .map(
      (item) =>
        `<tr><td><code>${escape(item.name)}</code>${item.required ? ' *' : ''}</td><td>${escape(item.in)}</td><td>${typeHtml(item.schema)}</td><td>${escape(item.description ?? item.schema?.description ?? '')}</td></tr>`,
    )
    .join('');
  const bodies = Object.entries(operation.requestBody?.content ?? {}).map(
    ([type, { schema }]) => `<h4>Body <code>${escape(type)}</code></h4>${schemaHtml(schema)}`,
  );
  const answers = Object.entries(operation.responses)
    .map(
      ([status, answer]) =>
        `<tr><td><code>${escape(status)}</code></td><td>${escape(answer.description)}</td><td>${Object.values(answer.content ?? {})
          .map((c) => typeHtml(c.schema))
          .join(' ')}</td></tr>`,
    )
    .join('');
  const text = (operation.description ?? '')
    .split('\n\n')
    .map((part) => `<p>${escape(part).replace(/`([^`]+)`/g, '<code>$1</code>')}</p>`)
    .join('');
  return `<details id="${escape(operation.operationId)}"><summary><span class="m ${method}">${method.toUpperCase()}</span> <code>${escape(path)}</code> <span>${escape(operation.summary ?? '')}</span>${open}</summary>
${text}${parameters ? `<h4>Parameters</h4><table>${parameters}</table>` : ''}${bodies.join('')}<h4>Answers</h4><table>${answers}</table></details>`;
}

function schemaHtml(schema: Schema): string {
  const all = schema.allOf ?? [];
  if (all.length > 0) return all.map(schemaHtml).join('');
  if (!schema.properties) return `<p>${typeHtml(schema)}</p>`;
  const rows = Object.entries(schema.properties)
    .map(
      ([name, property]) =>
        `<tr><td><code>${escape(name)}</code>${schema.required?.includes(name) ? ' *' : ''}</td><td>${typeHtml(property)}</td><td>${escape(property.description ?? '')}</td></tr>`,
    )
    .join('');
  return `<table>${rows}</table>`;
}

function typeHtml(schema: Schema | undefined): string {
  if (!schema) return '';
  if (schema.$ref) {
    const name = schema.$ref.split('/').pop() ?? '';
    return `<a href="#schema-${escape(name)}">${escape(name)}</a>`;
  }
  if (schema.enum) return schema.enum.map((value) => `<code>${escape(String(value))}</code>`).join(' ');
  if (schema.anyOf) return schema.anyOf.map(typeHtml).join(' or ');
  if (schema.items) return `list of ${typeHtml(schema.items)}`;
  const type = Array.isArray(schema.type) ? schema.type.join(' or ') : (schema.type ?? 'any');
  return escape(schema.format ? `${type} (${schema.format})` : type);
}

const slug = (text: string) => text.toLowerCase().replace(/[^a-z0-9]+/g, '-');
const escape = (text: string) => text.replace(/[&<>"']/g, (char) => `&#${char.charCodeAt(0)};`);

const STYLE = `:root{color-scheme:light dark;--line:#8884;--accent:light-dark(#7a2e5d,#d59bbd)}body{font:15px/1.5 system-ui,sans-serif;max-width:70rem;margin:0 auto;padding:1rem}
h1 small{font-weight:400;opacity:.7}nav{display:flex;flex-wrap:wrap;gap:1rem}a{color:var(--accent)}details{border:1px solid var(--line);border-radius:6px;margin:.4rem 0;padding:.4rem .8rem}
summary{cursor:pointer;display:flex;gap:.8rem;align-items:baseline;flex-wrap:wrap}.m{font:600 12px ui-monospace,monospace;min-width:4.5em;color:var(--accent)}code{font:13px ui-monospace,monospace}
table{border-collapse:collapse;width:100%}td{border-top:1px solid var(--line);padding:.3rem .6rem .3rem 0;vertical-align:top}.open{font-size:12px;border:1px solid var(--line);border-radius:9px;padding:0 .5em}`;
