# The image of the demo's sessions; sourced by demo.sh.
# shellcheck shell=bash

PUBLIC_IMAGE=docker.io/library/ubuntu:24.04
REGISTRY=https://registry-1.docker.io/v2/
REGISTRY_WAIT=4 # s for its first answer, whatever that is: 401 is one
PULL_LIMIT=180  # s
LOCAL_IMAGE=localhost/coracle-demo:trixie
TOOLS_WANTED=(vim tmux htop git python3 gcc gdb strace node)

# The image that a newcomer expects, where a registry answers; else one made here. Says which and why; sets IMAGE.
choose_image() {
  local why tar
  if [ -n "${IMAGE-}" ]; then
    echo "Session image: $IMAGE, as asked."
    return
  fi
  if curl --silent --max-time "$REGISTRY_WAIT" --output /dev/null "$REGISTRY"; then
    if patiently ground_podman "$PULL_LIMIT" pull --quiet "$PUBLIC_IMAGE" >/dev/null; then
      IMAGE=$PUBLIC_IMAGE
      echo "Session image: $PUBLIC_IMAGE, since the registry answers."
      return
    fi
    why="the registry answers, but $PUBLIC_IMAGE could not be pulled"
  else
    why="no answer from the registry within $REGISTRY_WAIT s"
  fi
  echo "Session image: Debian trixie, made here by mmdebstrap ($why)."
  provide image
  patiently "$BED/image.sh" session >/dev/null
  tar=$("$BED/image.sh" session)
  patiently ground_image "$tar" "$LOCAL_IMAGE" >/dev/null
  IMAGE=$LOCAL_IMAGE
}

# A shell without the tools that one knows looks broken; it is only bare.
name_missing_tools() {
  local missing
  # shellcheck disable=SC2016  # expanded inside
  missing=$(ground_podman "$PULL_LIMIT" run --rm --name "$LOOK" --network=none --pull=never --entrypoint=/bin/sh "$IMAGE" \
    -c 'for tool; do command -v "$tool" >/dev/null || printf " %s" "$tool"; done' _ "${TOOLS_WANTED[@]}")
  [ -z "$missing" ] || echo "This image lacks$missing; README.md, \"An image to work in\", has one with all of them."
}
