#!/bin/sh
# Installs the npm packages of the lockfile, once for each version of it. Runs on any Node that npm runs on: the packages bring
# the one that Shoal needs, and some are left out by npm where it runs on an older one, so that one comes first.
set -eu
cd "$(dirname "$0")/../.."
if [ node_modules/.package-lock.json -nt package-lock.json ]; then
  exit 0
fi
echo "installing npm packages"
node=$(node -p "require('./package.json').devDependencies.node")
if [ "$(node --version)" != "v$node" ]; then
  npm install --prefix .cache/node --no-save --no-audit --no-fund --loglevel=error "node@$node" </dev/null
  PATH="$PWD/.cache/node/node_modules/.bin:$PATH"
fi
npm=$(command -v npm)
# Not `npm ci`: it insists on optional packages of every other platform, which not every registry mirror has.
node "$(node -p 'require("fs").realpathSync(process.argv[1])' "$npm")" install --no-save --no-audit --no-fund --loglevel=error </dev/null
touch node_modules/.package-lock.json
