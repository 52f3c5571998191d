# Both apps in one image; docker-compose.yml says which of them a container runs.
ARG BASE=node:24-bookworm-slim
FROM ${BASE}
WORKDIR /app
COPY package.json package-lock.json ./
RUN npm ci --omit=dev --ignore-scripts --no-audit --no-fund
COPY mock-idp mock-idp
COPY sp sp
USER 1000
