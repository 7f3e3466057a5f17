# syntax=docker/dockerfile:1

# --- build: everything, with the tools --------------------------------------------------------------------------
FROM node:24-bookworm-slim AS build
WORKDIR /app
ENV CI=true
COPY package.json package-lock.json ./
COPY tools/openapi/package.json tools/openapi/
RUN npm ci --include=dev --no-audit --no-fund
COPY . .
RUN node scripts/bootstrap.mjs --build

# --- packages of production only, without the bundled ffmpeg: Debian's is newer ----------------------------------
FROM node:24-bookworm-slim AS packages
WORKDIR /app
ENV NODE_ENV=production
COPY package.json package-lock.json ./
COPY tools/openapi/package.json tools/openapi/
COPY scripts/bootstrap.mjs scripts/
RUN npm ci --omit=dev --no-audit --no-fund \
  && node -e "import('./scripts/bootstrap.mjs').then((b) => b.repairPackages())" \
  && rm -rf node_modules/@ffmpeg-installer/linux-* node_modules/@ffprobe-installer/linux-* node_modules/@damson

# --- what runs ----------------------------------------------------------------------------------------------------
FROM node:24-bookworm-slim
RUN apt-get update \
  && apt-get install -y --no-install-recommends ffmpeg perl util-linux \
  && rm -rf /var/lib/apt/lists/*
WORKDIR /app
COPY --from=packages /app/node_modules ./node_modules
COPY --from=build /app/dist ./dist
COPY --from=build /app/package.json /app/LICENSE ./
COPY --from=build /app/bin ./bin
RUN ln -s /app/bin/damson.mjs /usr/local/bin/damson && mkdir /data && chown node:node /data

ENV NODE_ENV=production HOST=0.0.0.0 PORT=8080 DATA_DIR=/data
USER node
VOLUME /data
EXPOSE 8080
STOPSIGNAL SIGTERM
HEALTHCHECK --interval=30s --timeout=5s --start-period=60s --retries=3 \
  CMD ["node", "-e", "fetch(`http://127.0.0.1:${process.env.HEALTH_PORT ?? process.env.PORT}/health/live`).then((r) => process.exit(r.ok ? 0 : 1), () => process.exit(1))"]
CMD ["node", "--enable-source-maps", "--initial-old-space-size=256", "--min-semi-space-size=16", "dist/src/main.js"]
