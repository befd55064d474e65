#!/bin/sh
case "$1" in
--list) cat <<'END'
{"db": ["db1", "db2"], "all": {"vars": {"v": 1.5}}}
END
;;
--host) echo '{"asked": "'$2'"}' ;;
esac
