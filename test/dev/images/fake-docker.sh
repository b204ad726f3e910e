#!/bin/sh
# A docker CLI whose engine is the folder $FAKE_DOCKER: `images/` holds what `image inspect` answers
# for each image, `registry` exists when images can be pulled, and `calls` gets a line for each pull,
# build and save. Another engine, which `--host` names, has no images and takes what it is given.
set -eu
if [ "$1" = --host ]; then
  shift 2
  case "$1" in
    image) echo "Error response from daemon: No such image: $5" >&2; exit 1 ;;
    load) cat >/dev/null; exit 0 ;;
    *) exit 1 ;;
  esac
fi
image() { printf '%s/images/%s' "$FAKE_DOCKER" "$(printf '%s' "$1" | tr / _)"; }

case "$1" in
  image)
    [ "$2" = inspect ] || exit 1
    if ! cat "$(image "$5")" 2>/dev/null; then
      echo "Error response from daemon: No such image: $5" >&2
      exit 1
    fi
    ;;
  pull)
    for name in "$@"; do :; done
    echo "pull $name" >>"$FAKE_DOCKER/calls"
    if [ ! -e "$FAKE_DOCKER/registry" ]; then
      echo 'Error response from daemon: no such host' >&2
      exit 1
    fi
    printf 'null\t2026 [""]\tsha256:pulled\n' >"$(image "$name")"
    ;;
  save) echo "$*" >>"$FAKE_DOCKER/calls" ;;
  tag) cp "$(image "$2")" "$(image "$3")" ;;
  build)
    shift
    tags=
    while [ $# -gt 1 ]; do
      case "$1" in
        --file) file="$2" ;;
        --tag) tags="$tags $2" ;;
        --label) inputs="${2#*=}" ;;
        --build-arg) ;;
        *) set -- "" "$@" ;;
      esac
      shift 2
    done
    [ -f "$file" ]
    echo "build $(basename "$file")$tags" >>"$FAKE_DOCKER/calls"
    for tag in $tags; do
      printf '{"shoal.dev/inputs":"%s"}\t2026 [""]\tsha256:%s\n' "$inputs" "$inputs" >"$(image "$tag")"
    done
    ;;
  *) exit 1 ;;
esac
