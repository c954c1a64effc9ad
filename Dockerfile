# The agent as a container image. It needs --privileged, --pid=host and the host's tracing files: see docker-compose.yml.
FROM node:22-bookworm-slim AS build
WORKDIR /src
COPY package.json package-lock.json .npmrc tsconfig.json tsconfig.base.json ./
COPY native native
COPY agent agent
COPY plugin/package.json plugin/package.json
COPY test/package.json test/package.json
COPY scripts scripts
RUN npm ci --workspace native --workspace agent --include-workspace-root \
  && node scripts/build.mjs --only=agent \
  && npm ci --workspace native --workspace agent --omit dev

FROM node:22-bookworm-slim
WORKDIR /opt/bpfscope
COPY --from=build /src/package.json ./
COPY --from=build /src/node_modules node_modules
COPY --from=build /src/native/package.json native/
COPY --from=build /src/native/dist native/dist
COPY --from=build /src/agent/package.json agent/
COPY --from=build /src/agent/dist agent/dist
ENTRYPOINT ["node", "/opt/bpfscope/agent/dist/cli/entry.js"]
CMD ["serve"]
