# The image of "make image", which builds the program first. It has no shell and needs none: hosts run it without network,
# as user nobody, with no arguments and the ResourceList on stdin.
FROM scratch
ARG TARGETARCH
ARG VERSION=devel
LABEL org.opencontainers.image.title="private-endpoints" \
      org.opencontainers.image.description="KRM function that gives annotated Services and Ingresses private endpoints" \
      org.opencontainers.image.licenses="Apache-2.0" \
      org.opencontainers.image.source="https://github.com/private-endpoints/private-endpoints" \
      org.opencontainers.image.version="$VERSION"
# An empty image knows no users: "--user nobody" needs this file.
COPY tools/image/passwd /etc/passwd
COPY bin/image/$TARGETARCH/private-endpoints /private-endpoints
# By number: Kubernetes cannot tell of a name that it is not root (runAsNonRoot).
USER 65534:65534
ENTRYPOINT ["/private-endpoints"]
