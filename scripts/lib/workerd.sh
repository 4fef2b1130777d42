#!/bin/sh
# Stands in for workerd, which Miniflare can be told to start from another path but not with other arguments. The pid goes where
# the one who stops it looks, and it gets a session of its own: Ctrl-C reaches every process of a terminal, and workerd would end
# at once, with requests in flight, instead of when it is told.
[ -n "$VITRINE_WORKERD_PID_PATH" ] && echo $$ >"$VITRINE_WORKERD_PID_PATH"
# The configuration holds secrets: the file is the owner's, and has no name any more when workerd reads it.
if [ -n "$VITRINE_WORKERD_GUARD" ]; then
  umask 077
  guarded="$VITRINE_WORKERD_PID_PATH.config"
  "$VITRINE_NODE_PATH" $VITRINE_NODE_FLAGS "$VITRINE_WORKERD_GUARD" >"$guarded" || exit 1
  exec <"$guarded"
  rm -f "$guarded"
  umask 022
fi
if command -v setsid >/dev/null 2>&1; then
  exec "${0%/*}/with-parent.sh" setsid "$VITRINE_WORKERD_PATH" "$@"
fi
exec "${0%/*}/with-parent.sh" "$VITRINE_WORKERD_PATH" "$@"
