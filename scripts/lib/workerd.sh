#!/bin/sh
# Stands in for workerd, which Miniflare can be told to start from another path but not with other arguments.
exec "${0%/*}/with-parent.sh" "$VITRINE_WORKERD_PATH" "$@"
