# Compiles on the builder's own processor for the one asked for, so that no emulation is needed.
FROM --platform=$BUILDPLATFORM oven/bun:1.4.5 AS build
ARG TARGETARCH
WORKDIR /src
COPY package.json bun.lock ./
RUN bun install --frozen-lockfile --production
COPY . .
RUN arch="${TARGETARCH:-$(uname -m)}" \
 && case "$arch" in amd64|x86_64) arch=x64 ;; arm64|aarch64) arch=arm64 ;; *) echo "$arch is not supported" >&2; exit 1 ;; esac \
 && bun deploy/build.ts "linux-$arch" \
 && mv "dist/episode-tracker-linux-$arch" dist/episode-tracker \
 && mkdir empty

FROM debian:trixie-slim
ARG VERSION=0.4.0
LABEL org.opencontainers.image.title="Episode Tracker" \
      org.opencontainers.image.description="Knows which episodes you have watched, because it asks your media server" \
      org.opencontainers.image.version="$VERSION" \
      org.opencontainers.image.licenses="MIT" \
      org.opencontainers.image.source="https://github.com/episode-tracker/episode-tracker" \
      org.opencontainers.image.documentation="https://github.com/episode-tracker/episode-tracker#readme"
# No RUN in this stage: it would need emulation for foreign processors.
COPY --from=build --chown=1000:1000 /src/empty /config
COPY --chmod=755 deploy/entrypoint.sh /usr/local/bin/entrypoint
COPY --from=build /src/dist/episode-tracker /usr/local/bin/episode-tracker
ENV DATA_DIR=/config NODE_ENV=production
VOLUME /config
EXPOSE 4747
HEALTHCHECK --interval=30s --timeout=6s --start-period=20s --retries=3 CMD ["episode-tracker", "healthcheck"]
ENTRYPOINT ["entrypoint"]
CMD ["serve"]
