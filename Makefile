SHELL := bash
.SHELLFLAGS := -euo pipefail -c
.DELETE_ON_ERROR:

export CGO_ENABLED := 0
export PATH := $(CURDIR)/bin:$(PATH)

VERSION ?= $(shell git describe --tags --always --dirty 2>/dev/null || echo devel)
FUZZTIME ?= 1m

# The container image: its name, what loads it, and the time that everything in it bears.
IMAGE ?= localhost/private-endpoints:$(VERSION)
ENGINE ?= $(notdir $(firstword $(shell command -v docker podman)))
SOURCE_DATE_EPOCH ?= $(shell git log -1 --format=%ct 2>/dev/null || echo 0)

# Modules of their own, so that what they need stays out of the function's go.mod.
MODULES := . tools tools/actionlint tools/flux tools/helm tools/image tools/kubectl e2e/schema

.PHONY: build
build: ## Build bin/private-endpoints.
	go build -trimpath -ldflags '-s -w -X main.version=$(VERSION)' -o bin/private-endpoints ./fn/private-endpoints

.PHONY: image
image: image-archives ## Load the container image into docker or podman: IMAGE names it, ENGINE chooses.
	@if [[ -z "$(ENGINE)" ]]; then echo 'neither docker nor podman is installed; bin/image holds the image' >&2; exit 1; fi
	$(ENGINE) load --input bin/image/$$(go env GOHOSTARCH).tar

.PHONY: image-archives
image-archives: bin/image-archive ## Write the container image of each architecture to bin/image, without docker or podman.
	@export SOURCE_DATE_EPOCH=$(SOURCE_DATE_EPOCH); for architecture in amd64 arm64; do \
		GOOS=linux GOARCH=$$architecture go build -trimpath -buildvcs=false -ldflags '-s -w -X main.version=$(VERSION)' \
			-o bin/image/$$architecture/private-endpoints ./fn/private-endpoints; \
		bin/image-archive -arch $$architecture -version '$(VERSION)' -output bin/image/$$architecture.tar '$(IMAGE)'; \
	done

.PHONY: demo
demo: build bin/kustomize ## Run the hello-world example through kustomize, list its endpoint and prove it.
	@printf '\nin: examples/hello-world/service.yaml\n\n'
	@cat examples/hello-world/service.yaml
	@printf '\ncommand: kustomize build --enable-alpha-plugins --enable-exec examples/hello-world\n'
	@printf '\nout:\n\n'
	@bin/kustomize build --enable-alpha-plugins --enable-exec examples/hello-world | tee bin/rendered.yaml
	@printf '\nprivate-endpoints endpoints:\n\n'
	@bin/private-endpoints endpoints --config examples/hello-world/private-endpoints.yaml bin/rendered.yaml
	@printf '\nprivate-endpoints verify, with what somebody adds in examples/hello-world/debug.yaml:\n\n'
	@! bin/private-endpoints verify --config examples/hello-world/private-endpoints.yaml bin/rendered.yaml examples/hello-world/debug.yaml

.PHONY: test
test: build bin/kustomize ## Run every test.
	@for program in kpt kubectl script; do command -v $$program >/dev/null || echo "not tested: $$program is not installed"; done
	go test ./...

.PHONY: e2e
e2e: build bin/kustomize bin/staticcheck ## Prove it on a real API server, a real controller and a real sign-in.
	$(MAKE) -C e2e lint listing test

.PHONY: picture
picture: build ## Make docs/endpoints.png, the picture of a listing, in a browser.
	$(MAKE) -C e2e picture

.PHONY: hosts-slow
hosts-slow: IMAGE = registry.example.com/private-endpoints:v1
hosts-slow: build bin/kustomize bin/actionlint bin/argocd bin/flux bin/helm bin/helm3 bin/staticcheck image-archives ## Run the commands of the documents about hosts, with the real hosts; builds these first.
	$(MAKE) -C e2e/hosts test

# The cache of test results does not see the cases, which are outside of the module.
.PHONY: schema
schema: bin/staticcheck ## Hold every custom resource against the definitions of its controller.
	go -C e2e/schema vet ./...
	cd e2e/schema && staticcheck ./...
	go -C e2e/schema test -count=1 ./...

.PHONY: lint
lint: bin/gofumpt bin/staticcheck ## Check formatting, module files and common mistakes.
	@unformatted=$$(bin/gofumpt -l .); \
		if [[ -n "$$unformatted" ]]; then printf 'not formatted with gofumpt:\n%s\n' "$$unformatted"; exit 1; fi
	go vet ./...
	bin/staticcheck ./...
	@for module in $(MODULES); do (set -x; go -C "$$module" mod tidy -diff); done

# Up to Go 1.26, a run that is limited by time may fail with "context deadline exceeded" when the time is over, without an input that
# fails (go.dev/issue/75804): what CI runs is limited by a count.
.PHONY: fuzz
fuzz: ## Run each fuzz target for FUZZTIME (1m).
	@go test -list '^Fuzz' ./... \
		| awk '/^Fuzz/ { names[n++] = $$1 } /^ok/ { for (i = 0; i < n; i++) print $$2, names[i]; n = 0 }' \
		| while read -r package name; do \
			(set -x; go test -run '^$$' -fuzz "^$$name$$" -fuzztime $(FUZZTIME) "$$package" </dev/null) || exit 1; \
		done

.PHONY: fuzz-smoke
fuzz-smoke: ## Run the fuzz target of the verifier for about half a minute.
	go test -run '^$$' -fuzz '^FuzzVerify$$' -fuzztime 3000x -fuzzminimizetime 1s ./transformer

BENCH := build bin/bench bin/identity bin/annotate bin/replay bin/unverified bin/kubeconform bin/kustomize

.PHONY: bench
bench: $(BENCH) ## Measure speed and memory beside what others do, and hold them against their bars.
	bin/bench $(BENCH_FLAGS)

.PHONY: bench-smoke
bench-smoke: $(BENCH) ## The same with fewer rounds, wider bars and without what takes minutes.
	bin/bench -smoke -rounds 3 -start-rounds 20 -tolerance 2 $(BENCH_FLAGS)

.PHONY: bench-compare
bench-compare: bin/benchstat ## Compare the Go benchmarks with those of the latest tag, or of the commit before.
	@base=$$(git describe --tags --abbrev=0 HEAD~1 2>/dev/null || git rev-parse --verify --quiet HEAD~1 || true); \
		if [[ -z "$$base" ]]; then echo 'there is no earlier commit to compare with'; else bench/compare.sh "$$base"; fi

.PHONY: help
help: ## List the targets.
	@awk -F ':.*## ' '/^[a-z0-9-]+:.*## / { printf "  %-15s %s\n", $$1, $$2 }' Makefile

bin/bench: $(wildcard bench/*.go bench/workload/*) go.mod
	go build -o $@ ./bench

bin/identity bin/annotate bin/replay: bin/%: $(wildcard bench/*/main.go) go.mod
	go build -trimpath -ldflags '-s -w' -o $@ ./bench/$*

bin/unverified: $(shell find transformer bench/unverified -name '*.go') go.mod
	go build -trimpath -ldflags '-s -w' -o $@ ./bench/unverified

bin/gofumpt: tools/go.mod
	go -C tools build -o ../$@ mvdan.cc/gofumpt

bin/staticcheck: tools/go.mod
	go -C tools build -o ../$@ honnef.co/go/tools/cmd/staticcheck

bin/kubeconform: tools/go.mod
	go -C tools build -trimpath -ldflags '-s -w' -o ../$@ github.com/yannh/kubeconform/cmd/kubeconform

bin/benchstat: tools/go.mod
	go -C tools build -o ../$@ golang.org/x/perf/cmd/benchstat

bin/kustomize: tools/go.mod
	go -C tools build -o ../$@ sigs.k8s.io/kustomize/kustomize/v5

bin/actionlint: tools/actionlint/go.mod
	go -C tools/actionlint build -o ../../$@ github.com/rhysd/actionlint/cmd/actionlint

bin/image-archive: tools/image/go.mod $(wildcard tools/image/*.go)
	go -C tools/image build -o ../../$@ .

# kubectl learns its own version from the linker; k8s.io/kubectl v0.33.13 is kubectl v1.33.13.
bin/kubectl: tools/kubectl/go.mod tools/kubectl/main.go
	version=$$(go -C tools/kubectl list -m -f '{{.Version}}' k8s.io/kubectl); \
		go -C tools/kubectl build -trimpath -ldflags "-s -w -X k8s.io/component-base/version.gitVersion=v1.$${version#v0.}" -o ../../$@ .

# The command embeds the manifests of a release, which its module lacks. So it is built from a copy of the module, with the
# versions that Flux itself chose.
FLUX := .cache/vendor/flux2
bin/flux: tools/flux/go.mod
	go -C tools/flux mod download github.com/fluxcd/flux2/v2
	rm -rf $(FLUX)
	mkdir -p $(dir $(FLUX))
	cp -r "$$(go -C tools/flux list -m -f '{{.Dir}}' github.com/fluxcd/flux2/v2)" $(FLUX)
	chmod -R u+w $(FLUX)
	mkdir $(FLUX)/cmd/flux/manifests
	echo '# flux install has nothing to install.' >$(FLUX)/cmd/flux/manifests/none.yaml
	version=$$(go -C tools/flux list -m -f '{{.Version}}' github.com/fluxcd/flux2/v2); \
		go -C $(FLUX) build -trimpath -ldflags "-s -w -X main.VERSION=$${version#v}" -o $(CURDIR)/$@ ./cmd/flux

# Helm learns its own version from the linker.
bin/helm: HELM := helm.sh/helm/v4
bin/helm3: HELM := helm.sh/helm/v3
bin/helm bin/helm3: tools/helm/go.mod
	version=$$(go -C tools/helm list -m -f '{{.Version}}' $(HELM)); \
		go -C tools/helm build -trimpath -ldflags "-s -w -X $(HELM)/internal/version.version=$$version" -o ../../$@ $(HELM)/cmd/helm

# Argo CD needs a newer Go than this repository: the command go fetches it.
bin/argocd: $(wildcard tools/argocd/*)
	GOTOOLCHAIN=auto go -C tools/argocd build -trimpath -ldflags '-s -w' -o ../../$@ .
