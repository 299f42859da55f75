# Hosts run the image without network, as user nobody, with no arguments and the ResourceList on stdin.

FROM golang:1.26 AS build
WORKDIR /src
COPY go.mod go.sum ./
RUN go mod download
COPY transformer transformer
COPY fn fn
ARG VERSION=devel
ARG TARGETOS=linux
ARG TARGETARCH
RUN CGO_ENABLED=0 GOOS=$TARGETOS GOARCH=$TARGETARCH \
    go build -trimpath -buildvcs=false -ldflags "-s -w -X main.version=$VERSION" \
    -o /image/private-endpoints ./fn/private-endpoints
# An empty image knows no users: "--user nobody" needs this entry.
RUN mkdir /image/etc && echo 'nobody:x:65534:65534:nobody:/:/sbin/nologin' >/image/etc/passwd

FROM scratch
ARG VERSION=devel
LABEL org.opencontainers.image.title="private-endpoints" \
      org.opencontainers.image.description="KRM function that gives annotated Services and Ingresses private endpoints" \
      org.opencontainers.image.licenses="Apache-2.0" \
      org.opencontainers.image.source="https://github.com/private-endpoints/private-endpoints" \
      org.opencontainers.image.version="$VERSION"
COPY --from=build /image /
USER nobody
ENTRYPOINT ["/private-endpoints"]
