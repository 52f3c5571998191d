# One image with the identity provider, the lab, the service provider and the mailbox: see docs/containers.md.
ARG BASE=node:24-bookworm-slim

# The packages of the apps, without their source maps, types, and the styles that no page uses. npm's cache stays here.
FROM ${BASE} AS packages
WORKDIR /app
COPY package.json package-lock.json .npmrc ./
RUN npm ci --omit=dev --omit=optional --omit=peer --ignore-scripts --no-audit --no-fund
COPY support/stack/trim-packages.mjs ./
RUN node trim-packages.mjs && mkdir /data

FROM ${BASE}
WORKDIR /app
COPY --from=packages /app/package.json ./
COPY --from=packages /app/node_modules node_modules
COPY mock-idp mock-idp
COPY sp sp
COPY support support
# A new volume takes its owner from here.
COPY --from=packages --chown=1000:1000 /data /data
VOLUME /data
# Of the authority for https.
ENV XDG_STATE_HOME=/data
USER 1000
EXPOSE 8080 8081 8082 8025 1025
HEALTHCHECK --interval=5s --timeout=5s --start-period=60s --retries=3 CMD ["node", "support/stack/check-health.ts"]
ENTRYPOINT ["node", "--disable-warning=ExperimentalWarning", "support/commands/container.ts"]
