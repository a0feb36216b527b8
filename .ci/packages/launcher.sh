#!/bin/sh
# Starts the program of the same name in @PROGRAMS@, with the database of file types that is there: libmagic reads none of
# another version, such as that of another release of Debian.
programs=$(dirname "$(readlink -f "$0")")/@PROGRAMS@
export MAGIC="${MAGIC:-$programs/magic.mgc}"
exec "$programs/${0##*/}" "$@"
