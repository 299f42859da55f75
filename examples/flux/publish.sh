#!/usr/bin/env bash
# Renders the application, proves what each cluster will apply of it, and pushes it. The arguments are those of
# "flux push artifact"; without any, as for a pull request, nothing is pushed. Each step reads a file that the one before
# it wrote, and the first that fails is the last.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")"
rm -rf build
mkdir -p build/artifact build/config

kustomize build --enable-alpha-plugins --enable-exec app >build/artifact/app.yaml
private-endpoints verify --config app/private-endpoints.yaml build/artifact/app.yaml
cp app/private-endpoints.yaml build/config

# What the cluster $1 makes of the folder $2, with the patches and the variables of its Kustomization.
applied() {
  flux build kustomization hello-world --dry-run --strict-substitute --in-memory-build \
    --kustomization-file "build/$1.flux.yaml" --path "$2"
}

for folder in clusters/*; do
  cluster=$(basename "$folder")
  echo "$cluster:"
  kustomize build "$folder" >"build/$cluster.flux.yaml"
  applied "$cluster" build/config >"build/$cluster.config.yaml"
  applied "$cluster" build/artifact >"build/$cluster.yaml"
  private-endpoints verify --config "build/$cluster.config.yaml" "build/$cluster.yaml"
done

if (($# > 0)); then
  flux push artifact --path build/artifact --reproducible "$@"
fi
