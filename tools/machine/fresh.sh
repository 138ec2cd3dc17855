# Sourced by machine.sh. `machine.sh fresh NAME`: what a newcomer has. A Debian 12 of the smallest kind, with systemd and
# dbus and nothing else, made by debootstrap and kept as an archive, and in it a copy of this checkout, not built. The
# host lends node and npm, and its network, without which apt and npm bring nothing: so one such machine at a time.

readonly FRESH_SUITE=bookworm
readonly FRESH_PACKAGES=systemd,systemd-sysv,dbus
# of 200 MB each
readonly KEPT_ARCHIVES=2
# it must not manage the host's network
readonly FRESH_MASKED="systemd-networkd.service systemd-networkd.socket systemd-networkd-wait-online.service"
# the newcomer's own clone: install.sh builds in it
readonly FRESH_CHECKOUT=/root/cgipool

# where this host's own apt gets that suite
fresh_mirror() {
  apt-get indextargets --format '$(RELEASE) $(COMPONENT) $(REPO_URI)' 'Created-By: Packages' |
    awk -v suite="$FRESH_SUITE" '$1 == suite && $2 == "main" { print $3; exit }'
}

apt_proxy() { (eval "$(apt-config shell proxy Acquire::http::Proxy)" && echo "${proxy:-}"); }

# debootstrap goes into an overlay that is thrown away: the host keeps its packages, and with them the machines' layer
run_debootstrap() { # ROOT MIRROR
  local proxy install="apt-get install -y -qq --no-install-recommends debootstrap"
  proxy=$(apt_proxy)
  in_layer "$1" sh -c "$install || { apt-get update -qq && $install; }" &&
    in_layer "$1" ${proxy:+env http_proxy="$proxy"} debootstrap --variant=minbase --include="$FRESH_PACKAGES" \
      "$FRESH_SUITE" /fresh "$2"
}

unmount_fresh() { # WORK
  umount "$1/merged" 2>/dev/null || true
  umount "$1" 2>/dev/null || true
  rm -rf "$1" "$CACHE"/fresh-*.tar.new
}

build_fresh() { # ARCHIVE
  local mirror status=0 new="$CACHE/fresh.$$"
  mirror=$(fresh_mirror)
  [ -n "$mirror" ] || die "this host's apt sources name no mirror of Debian $FRESH_SUITE"
  echo "making a fresh Debian $FRESH_SUITE (once, about a minute)" >&2
  trap "unmount_fresh '$new'" EXIT
  mkdir -p "$new"
  mount -t tmpfs tmpfs "$new"
  mkdir -p "$new"/{upper,work,merged}
  mount_overlay / "$new/upper" "$new/work" "$new/merged"
  run_debootstrap "$new/merged" "$mirror" >"$CACHE/fresh.log" 2>&1 || status=1
  [ $status = 1 ] || tar -C "$new/upper/fresh" --exclude='./var/cache/apt/archives/*.deb' -cf "$1.new" . || status=1
  [ $status = 1 ] || mv "$1.new" "$1"
  unmount_fresh "$new"
  trap - EXIT
  [ $status = 0 ] || die "debootstrap failed: see $CACHE/fresh.log"
}

fresh_archive() { echo "$CACHE/fresh-$(echo "$FRESH_SUITE $FRESH_PACKAGES" | sha256sum | cut -c1-16).tar"; }

provide_fresh() { # ARCHIVE
  install_nspawn
  [ -f "$1" ] || { drop_leftovers && build_fresh "$1"; }
  touch "$1"
  drop_oldest "$KEPT_ARCHIVES" "$CACHE"/fresh-*.tar
}

# under one lock, so that nobody removes the archive before it is unpacked
unpack_fresh() { # ARCHIVE ROOT
  provide_fresh "$1"
  tar -C "$2" -xf "$1"
}

# what brings npm to its registry here: proxies and certificates, from the environment and from npm's own files
npm_environment() { env | grep -iE '^(https?_proxy|no_proxy|npm_config_(registry|cafile|proxy|https_proxy|noproxy)|node_extra_ca_certs)=' || true; }

npm_setting() { (cd / && npm config get "$1"); }

# systemd-nspawn's options, one a line, that show node and npm of the host inside, and npm's settings
lend_node() {
  local npm cafile file
  npm=$(realpath "$(command -v npm)") || die "npm is missing on this host"
  npm=${npm%/bin/npm-cli.js}
  [ -f "$npm/package.json" ] || die "$npm is not npm as Node.js brings it"
  echo "--bind-ro=$(realpath "$(command -v node)"):/usr/local/bin/node"
  echo "--bind-ro=$npm:/usr/local/lib/node_modules/npm"
  cafile=$(npm_setting cafile)
  for file in "$(npm_setting globalconfig):/usr/local/etc/npmrc" "$(npm_setting userconfig):/root/.npmrc" \
    "$cafile:$cafile" "${NODE_EXTRA_CA_CERTS:-}:${NODE_EXTRA_CA_CERTS:-}"; do
    [ ! -f "${file%%:*}" ] || echo "--bind-ro=$file"
  done | sort -u
}

# what is committed, as it is now; without git, all but what is built
checkout_files() {
  git -c safe.directory='*' ls-files -z 2>/dev/null ||
    find . -type f -not -path './node_modules/*' -not -path './dist/*' -not -path './services/search' -print0
}

copy_checkout() { # ROOT
  mkdir -p "$1$FRESH_CHECKOUT"
  (cd "$TOP" && checkout_files | tar --null -T - -cf - | tar -C "$1$FRESH_CHECKOUT" --no-same-owner -xf -)
}

fill_fresh() { # ROOT
  local unit proxy
  for unit in $FRESH_MASKED; do ln -sf /dev/null "$1/etc/systemd/system/$unit"; done
  proxy=$(apt_proxy)
  [ -z "$proxy" ] || echo "Acquire::http::Proxy \"$proxy\";" >"$1/etc/apt/apt.conf.d/00proxy"
  cp /etc/hosts "$1/etc/hosts"
  ln -s ../lib/node_modules/npm/bin/npm-cli.js "$1/usr/local/bin/npm"
  copy_checkout "$1"
}

boot_fresh() { # NAME
  local dir archive port
  dir=$(dir_of "$1")
  archive=$(fresh_archive)
  for port in 80 298; do
    ! (: <"/dev/tcp/127.0.0.1/$port") 2>/dev/null || die "port $port of this host is in use; a fresh machine shares it"
  done
  require_host
  locked provide_fresh "$archive"
  make_dir "$1"
  locked unpack_fresh "$archive" "$dir/merged"
  name_machine "$1" "$dir/merged"
  fill_fresh "$dir/merged"
  npm_environment >"$dir/environment"
  { echo --resolv-conf=copy-host && lend_node; } >"$dir/options"
  up "$1"
}
