# Three images with the bundled command and the migrations:
#   docker build --target worker  --build-arg REVISION="$(git rev-parse HEAD)" --tag aftercall-worker .
#   docker build --target console --build-arg REVISION="$(git rev-parse HEAD)" --tag aftercall-console .
#   docker build --target cli     --build-arg REVISION="$(git rev-parse HEAD)" --tag aftercall .
# With SOURCE_DATE_EPOCH set (git log -1 --format=%ct) the same sources give the same layers.
ARG NODE_IMAGE=node:24.21.0-bookworm-slim

# The bundle is the same for every platform, so it is built once, on the platform of the build machine.
FROM --platform=$BUILDPLATFORM ${NODE_IMAGE} AS build
ARG REVISION=unknown
ARG SOURCE_DATE_EPOCH=0
WORKDIR /src
COPY . .
RUN --mount=type=cache,target=/root/.npm npm ci --ignore-scripts
RUN AFTERCALL_COMMIT="${REVISION}" node services/cli/scripts/build.ts /out \
 && node services/cli/scripts/write-sbom.ts /out \
 && rm /out/chunks/*.map

# No RUN below this line: it would be emulated for the other platforms.
FROM ${NODE_IMAGE} AS runtime
ARG VERSION=development
ARG REVISION=unknown
LABEL org.opencontainers.image.description="Contact center session metadata files as clean, typed tables in Postgres" \
      org.opencontainers.image.licenses="Apache-2.0" \
      org.opencontainers.image.version="${VERSION}" \
      org.opencontainers.image.revision="${REVISION}"
# The user below has no passwd entry, and the AWS SDK needs a home folder: mount ~/.aws here if you use it.
ENV HOME=/home/aftercall NODE_ENV=production MALLOC_ARENA_MAX=1
# The place of aftercall.yaml. Commands that need only DATABASE_URL work without it.
WORKDIR /etc/aftercall
COPY --from=build /out/aftercall.js /out/aftercall.js.LEGAL.txt /out/package.json /out/sbom.cdx.json /app/
COPY --from=build /out/chunks /app/chunks
COPY --from=build /out/migrations /app/migrations
COPY docker/check-health.mjs /app/
USER 10001:10001
# The same memory settings as in the first line of the command. Node is process 1 and handles SIGTERM itself.
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
