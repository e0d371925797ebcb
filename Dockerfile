# The service in an image without a compiler. It needs an external database (DATABASE_URL); see docker-compose.yml.
FROM rust:1.95-bookworm AS builder
WORKDIR /build
# Dependencies first: they change seldom, so their layer comes from the cache.
COPY Cargo.toml Cargo.lock ./
COPY .cargo .cargo
# Members of the workspace: the service uses some of them, and cargo reads the manifests of all.
COPY bench bench
COPY crates crates
RUN mkdir src \
    && echo 'fn main() {}' > src/main.rs \
    && touch src/lib.rs \
    && cargo build --locked --release --package service-desk \
    && rm -rf src
COPY . .
# The placeholders above are newer than the sources: without this, cargo would not rebuild them.
RUN touch src/main.rs src/lib.rs \
    && cargo build --locked --release --package service-desk

# The image of the database, for its pg_dump and pg_restore: `backup` and `restore` need those of the server's version.
FROM postgres:17-bookworm
RUN apt-get update \
    && apt-get install -y --no-install-recommends ca-certificates \
    && rm -rf /var/lib/apt/lists/* \
    && useradd --system --uid 10001 --home-dir /var/lib/service-desk service-desk \
    && install -d -o service-desk -g service-desk -m 0711 /var/lib/service-desk
COPY --from=builder /build/target/release/service-desk /usr/local/bin/service-desk
COPY LICENSE-APACHE LICENSE-MIT src/typesetting/fonts/LICENSE-OFL /usr/share/doc/service-desk/
USER service-desk
ENV LISTEN=0.0.0.0:8080 \
    DATA_DIR=/var/lib/service-desk \
    LOG_FORMAT=json
VOLUME /var/lib/service-desk
EXPOSE 8080
# On this signal the service drains and finishes running requests.
STOPSIGNAL SIGTERM
# The slim image has no curl; bash can send this request.
HEALTHCHECK --interval=10s --timeout=3s --start-period=10s \
    CMD ["bash", "-c", "exec 3<>/dev/tcp/127.0.0.1/8080 && printf 'GET /health/ready HTTP/1.0\\r\\nHost: localhost\\r\\n\\r\\n' >&3 && read -r _ status _ <&3 && [ \"$status\" = 200 ]"]
ENTRYPOINT ["service-desk"]
