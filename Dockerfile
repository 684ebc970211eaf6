# The bundled command with the migrations, and nothing else of ours, as three images:
#   docker build --target worker  --build-arg REVISION="$(git rev-parse HEAD)" --tag aftercall-worker .
#   docker build --target console --build-arg REVISION="$(git rev-parse HEAD)" --tag aftercall-console .
#   docker build --target cli     --build-arg REVISION="$(git rev-parse HEAD)" --tag aftercall .
# With SOURCE_DATE_EPOCH set (git log -1 --format=%ct) the same sources give the same layers.
ARG NODE_IMAGE=node:24.21.0-bookworm-slim

# The bundle is the same for every platform, so it is built once, on the machine's own.
FROM --platform=$BUILDPLATFORM ${NODE_IMAGE} AS build
ARG REVISION=unknown
ARG SOURCE_DATE_EPOCH=0
WORKDIR /src
COPY . .
RUN --mount=type=cache,target=/root/.npm npm ci --ignore-scripts
RUN AFTERCALL_COMMIT="${REVISION}" node services/cli/scripts/build.ts /out \
 && node services/cli/scripts/write-sbom.ts /out

# No RUN below this line: it would have to be emulated for the other platforms.
FROM ${NODE_IMAGE} AS runtime
ARG VERSION=development
ARG REVISION=unknown
LABEL org.opencontainers.image.description="Contact center session metadata files as clean, typed tables in Postgres" \
      org.opencontainers.image.licenses="Apache-2.0" \
      org.opencontainers.image.version="${VERSION}" \
      org.opencontainers.image.revision="${REVISION}"
# The user below is in no list of users, and the AWS SDK asks where its home is: mount ~/.aws here, if you have one.
ENV HOME=/home/aftercall NODE_ENV=production MALLOC_ARENA_MAX=1
# aftercall.yaml is looked for here; the commands that need only DATABASE_URL work without one.
WORKDIR /etc/aftercall
COPY --from=build /out/aftercall.js /out/aftercall.js.LEGAL.txt /out/sbom.cdx.json /app/
COPY --from=build /out/migrations /app/migrations
COPY docker/check-health.mjs /app/
USER 10001:10001
# The memory settings are those of the command's own first line. Node is process 1 and handles SIGTERM itself.
ENTRYPOINT ["node", "--max-semi-space-size=32", "--heap-growing-percent=100", "--no-parallel-scavenge", "/app/aftercall.js"]

FROM runtime AS cli
LABEL org.opencontainers.image.title="aftercall"
HEALTHCHECK NONE
CMD ["--help"]

FROM runtime AS console
LABEL org.opencontainers.image.title="aftercall-console"
EXPOSE 8080
STOPSIGNAL SIGTERM
HEALTHCHECK --interval=10s --timeout=5s --start-period=30s --retries=3 CMD ["node", "/app/check-health.mjs", "console"]
CMD ["console"]

FROM runtime AS worker
LABEL org.opencontainers.image.title="aftercall-worker"
EXPOSE 9464
STOPSIGNAL SIGTERM
HEALTHCHECK --interval=10s --timeout=5s --start-period=30s --retries=3 CMD ["node", "/app/check-health.mjs", "worker"]
CMD ["worker"]
