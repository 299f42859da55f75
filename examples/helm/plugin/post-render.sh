#!/bin/sh
# Runs private-endpoints. Helm 4 throws away what a post-renderer writes to stderr, so that goes to the first of these that can
# be written: the file that PRIVATE_ENDPOINTS_FINDINGS names, Helm's own stderr, the terminal.
set -eu

if [ -n "${PRIVATE_ENDPOINTS_FINDINGS:-}" ]; then
  exec private-endpoints "$@" 2>"$PRIVATE_ENDPOINTS_FINDINGS"
fi
for messages in "/proc/$PPID/fd/2" /dev/tty; do
  # A file has Helm's position in it, where Helm would write over the messages.
  if [ ! -f "$messages" ] && (: >>"$messages") 2>/dev/null; then
    exec private-endpoints "$@" 2>>"$messages"
  fi
done
exec private-endpoints "$@"
