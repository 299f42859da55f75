package hosts_test

import (
	"bytes"
	"maps"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"go.yaml.in/yaml/v3"

	"github.com/private-endpoints/private-endpoints/examples/shell"
)

const (
	repository = "../.."
	ciExample  = repository + "/examples/ci"
	// installs is the one command of workflow and job that does not run here: the version that it names is to come.
	installs = `go install "github.com/private-endpoints/private-endpoints/fn/private-endpoints@$VERSION"`
)

func TestCI(t *testing.T) {
	environment := preCommit(t)
	t.Run("page", func(t *testing.T) {
		folder := page(t, "ci.md", environment...)
		require.Equal(t, shell.Read(t, ciExample, "endpoints/production.json"), shell.Read(t, folder, "endpoints/production.json"))
		requireSARIF(t, shell.Read(t, folder, "findings.sarif"), false)
	})
	t.Run("pre-commit refuses", func(t *testing.T) { preCommitRefuses(t, environment) })
}

// ciCase is a change in a copy of the example, the inputs of the workflow or job, and what comes of it.
type ciCase struct {
	change func(t *testing.T, folder string)
	// inputs are added to those of the first set of the example, or to those of the second, which is rendered in git.
	inputs map[string]string
	inGit  bool
	// stage is where the pipeline stops: "Render", "Verify", or nowhere. says is a part of what it says there, gitHub where that
	// differs in the log of GitHub.
	stage, says, gitHub string
}

var ciCases = map[string]ciCase{
	"right":                    {says: "1 private endpoint: 0 errors, 0 warnings\n"},
	"right in git":             {inGit: true, says: "1 private endpoint: 0 errors, 0 warnings\n"},
	"right without a baseline": {inputs: map[string]string{"baseline": ""}, says: "1 private endpoint: 0 errors, 0 warnings\n"},
	"a side door in the sources": {
		change: func(t *testing.T, folder string) {
			shell.MustRun(t, folder, "cp pull-request/debug.yaml base/")
			shell.Edit(t, folder+"/base/kustomization.yaml", "- service.yaml", "- service.yaml\n- debug.yaml")
		},
		stage: "Render", says: "error PE201: Ingress shop/debug:",
	},
	"a side door in git": {
		change: func(t *testing.T, folder string) {
			shell.MustRun(t, folder, "cp pull-request/debug.yaml rendered/production/")
		},
		inGit: true, stage: "Verify", says: "error PE201: Ingress shop/debug:",
		gitHub: "::error title=PE201 private path reachable without sign-in,file=rendered/production/debug.yaml,line=2::Ingress shop/debug:",
	},
	"the endpoint becomes public": {
		change: func(t *testing.T, folder string) {
			shell.Edit(t, folder+"/base/service.yaml", `"private"`, `"true"`)
		},
		stage: "Verify", says: "error PE168: Ingress shop/api:", gitHub: "::error title=PE168 endpoint is no longer private::Ingress shop/api:",
	},
	"the function is not listed": {
		change: func(t *testing.T, folder string) {
			shell.Edit(t, folder+"/overlays/production/kustomization.yaml", "transformers:\n- ../../function\n", "")
		},
		stage: "Verify", says: "error PE162: Service shop/api: the function did not run",
		gitHub: "::error title=PE162 the function did not run::Service shop/api:",
	},
	"kustomize fails": {
		change: func(t *testing.T, folder string) { shell.MustRun(t, folder, "rm base/service.yaml") },
		stage:  "Render", says: "service.yaml",
	},
	"nothing is rendered": {
		change: func(t *testing.T, folder string) {
			shell.Write(t, folder, map[string]string{"overlays/production/kustomization.yaml": "resources: []\n"})
		},
		stage: "Verify", says: "error PE106: no input", gitHub: "::error title=PE106 no input::no input",
	},
	"no such folder in git":   {inGit: true, inputs: map[string]string{"path": "rendered/prod"}, stage: "Verify", says: "rendered/prod: no such file"},
	"no such baseline":        {inputs: map[string]string{"baseline": "endpoints/prod.json"}, stage: "Verify", says: "the baseline cannot be read: endpoints/prod.json"},
	"no such configuration":   {inputs: map[string]string{"config": "none.yaml"}, stage: "Verify", says: "the configuration cannot be read: none.yaml"},
	"a command as a path":     {inputs: map[string]string{"path": `$(touch pwned)"; touch pwned; "`}, stage: "Render", says: "touch pwned"},
	"a command as a file":     {inGit: true, inputs: map[string]string{"path": "`touch pwned`;touch pwned"}, stage: "Verify", says: "no such file"},
	"a command as a baseline": {inputs: map[string]string{"baseline": "$(touch pwned)"}, stage: "Verify", says: "the baseline cannot be read: $(touch pwned)"},
}

// pipeline is what a run left.
type pipeline struct {
	// stage is where it stopped, and empty where it ran through.
	stage string
	// output is that of the stage where it stopped, and else of the last.
	output            string
	summary, findings string
}

func TestGitHubActions(t *testing.T) {
	var workflow gitHubWorkflow
	decode(t, shell.Read(t, repository, ".github/workflows/verify.yaml"), &workflow)
	var caller struct{ Jobs map[string]gitHubJob }
	decode(t, shell.Read(t, ciExample, ".github/workflows/endpoints.yaml"), &caller)
	rendered, inGit := caller.Jobs["rendered-here"].With, caller.Jobs["rendered-in-git"].With
	for name, value := range rendered {
		rendered[name] = strings.ReplaceAll(value, "${{ matrix.overlay }}", "production")
	}
	bin := t.TempDir()
	runCases(t, rendered, inGit, func(t *testing.T, folder string, test ciCase, inputs map[string]string) pipeline {
		inputs["sarif"] = "true"
		got := workflow.run(t, folder, bin, inputs)
		if test.gitHub != "" {
			require.Contains(t, got.output, test.gitHub)
			require.NotContains(t, got.output, test.says, "text and workflow commands do not mix")
		}
		if test.stage != "Render" {
			require.Contains(t, got.summary, "## `"+inputs["path"]+"`\n\n")
		}
		if test.stage == "" {
			require.Contains(t, got.summary, "| 🔒 private | <https://api-shop.apps.example.com/> |")
		}
		return got
	})
}

func TestGitLab(t *testing.T) {
	var caller struct {
		Include []struct{ Inputs map[string]string }
	}
	decode(t, shell.Read(t, ciExample, ".gitlab-ci.yml"), &caller)
	template, bin := shell.Read(t, repository, "templates/verify.yml"), t.TempDir()
	runCases(t, caller.Include[0].Inputs, caller.Include[1].Inputs, func(t *testing.T, folder string, test ciCase, inputs map[string]string) pipeline {
		got := runGitLab(t, folder, bin, template, inputs)
		require.Contains(t, got.output, test.says, "GitLab has no annotations")
		return got
	})
}

// runCases runs every case and holds what every CI service has in common.
func runCases(t *testing.T, rendered, inGit map[string]string, run func(*testing.T, string, ciCase, map[string]string) pipeline) {
	for name, test := range ciCases {
		t.Run(name, func(t *testing.T) {
			folder := shell.CopyOf(t, ciExample)
			if test.change != nil {
				test.change(t, folder)
			}
			inputs := maps.Clone(rendered)
			if test.inGit {
				inputs = maps.Clone(inGit)
			}
			maps.Copy(inputs, test.inputs)
			got := run(t, folder, test, inputs)
			require.Equal(t, test.stage, got.stage, got.output)
			if test.gitHub == "" {
				require.Contains(t, got.output, test.says)
			}
			require.NoFileExists(t, folder+"/pwned")
			if test.stage == "Render" {
				require.Empty(t, got.findings, "nothing is verified after a failure")
				require.Empty(t, got.summary)
			}
			if strings.Contains(test.says, " PE") || strings.Contains(test.says, "0 errors") {
				requireSARIF(t, got.findings, test.stage == "Render")
			}
		})
	}
}

// requireSARIF holds findings against the schema; there are none where the pipeline did not get there.
func requireSARIF(t *testing.T, findings string, none bool) {
	t.Helper()
	if !none {
		require.NoError(t, sarifSchema(t).Validate(unmarshal(t, []byte(findings))))
	}
}

type gitHubWorkflow struct {
	On struct {
		Call struct {
			Inputs map[string]struct {
				Default  string
				Required bool
			}
		} `yaml:"workflow_call"`
	}
	Defaults struct{ Run struct{ Shell string } }
	Jobs     map[string]gitHubJob
}

type gitHubJob struct {
	Env         map[string]string
	Permissions map[string]string
	Steps       []gitHubStep
	With        map[string]string
}

type gitHubStep struct{ Name, ID, If, Uses, Run, Shell string }

// run runs the commands of the job "verify" as GitHub does: each step in a bash of its own, until one fails.
func (w gitHubWorkflow) run(t *testing.T, folder, bin string, given map[string]string) pipeline {
	t.Helper()
	inputs := w.inputs(t, given)
	temporary := t.TempDir()
	environment := []string{
		"GITHUB_ACTIONS=true", "CI=true", "RUNNER_TEMP=" + temporary, "GOBIN=" + bin,
		"GITHUB_STEP_SUMMARY=" + temporary + "/summary", "GITHUB_OUTPUT=" + temporary + "/output",
	}
	for name, value := range w.Jobs["verify"].Env {
		environment = append(environment, name+"="+interpolate(t, value, inputs))
	}
	var got pipeline
	for _, step := range w.Jobs["verify"].Steps {
		require.Empty(t, step.Shell)
		require.Contains(t, []string{"", "inputs.render", "inputs.sarif"}, step.If, "a condition that this test cannot judge")
		if step.Run == "" || step.Run == installs || step.If != "" && operand(t, step.If, inputs) != "true" {
			continue
		}
		shell.Write(t, temporary, map[string]string{"step.sh": step.Run})
		result := shell.Run(t, folder, "exec bash --noprofile --norc -eo pipefail "+temporary+"/step.sh", environment...)
		got.output = result.Stdout + result.Stderr
		if result.Status != 0 {
			got.stage = "Verify"
			if slices.Contains([]string{"Render", "List"}, step.Name) {
				got.stage = step.Name
			}
			break
		}
	}
	got.summary, got.findings = readIfThere(t, temporary+"/summary"), readIfThere(t, temporary+"/findings.sarif")
	if got.findings != "" {
		require.Regexp(t, `^artifact=findings-[A-Za-z0-9.-]+\n$`, shell.Read(t, temporary, "output"))
	}
	return got
}

// inputs returns the inputs with their defaults, and refuses what GitHub refuses.
func (w gitHubWorkflow) inputs(t *testing.T, given map[string]string) map[string]string {
	t.Helper()
	inputs := map[string]string{}
	for name, input := range w.On.Call.Inputs {
		inputs[name] = input.Default
		require.True(t, !input.Required || given[name] != "", "%s is required", name)
	}
	for name, value := range given {
		require.Contains(t, inputs, name)
		inputs[name] = value
	}
	return inputs
}

var expression = regexp.MustCompile(`\$\{\{ (.*?) \}\}`)

// interpolate fills in the expressions of the form "inputs.a" and "inputs.a && 'b' || inputs.c".
func interpolate(t *testing.T, text string, inputs map[string]string) string {
	t.Helper()
	return expression.ReplaceAllStringFunc(text, func(match string) string {
		condition, values, isConditional := strings.Cut(expression.FindStringSubmatch(match)[1], " && ")
		if !isConditional {
			return operand(t, condition, inputs)
		}
		yes, no, ok := strings.Cut(values, " || ")
		require.True(t, ok, match)
		if operand(t, condition, inputs) == "true" {
			return operand(t, yes, inputs)
		}
		return operand(t, no, inputs)
	})
}

func operand(t *testing.T, text string, inputs map[string]string) string {
	t.Helper()
	if name, ok := strings.CutPrefix(text, "inputs."); ok {
		require.Contains(t, inputs, name)
		return inputs[name]
	}
	require.Regexp(t, `^'[^']*'$`, text)
	return strings.Trim(text, "'")
}

// runGitLab runs the script of the job as the runner does: all of it in one bash.
func runGitLab(t *testing.T, folder, bin, template string, given map[string]string) pipeline {
	t.Helper()
	documents := yaml.NewDecoder(strings.NewReader(template))
	var header struct {
		Spec struct {
			Inputs map[string]struct{ Default *string }
		}
	}
	var jobs map[string]struct {
		Variables map[string]string
		Script    []string
	}
	require.NoError(t, documents.Decode(&header))
	require.NoError(t, documents.Decode(&jobs))
	require.Len(t, jobs, 1)
	job := jobs["$[[ inputs.job ]]"]
	for name := range given {
		require.Contains(t, header.Spec.Inputs, name)
	}
	environment := []string{"GITLAB_CI=true", "CI=true", "GOBIN=" + bin}
	for name, value := range job.Variables {
		for input, about := range header.Spec.Inputs {
			filled, isGiven := given[input]
			if !isGiven {
				require.NotNil(t, about.Default, "%s is required", input)
				filled = *about.Default
			}
			value = strings.ReplaceAll(value, "$[[ inputs."+input+" ]]", filled)
		}
		require.NotContains(t, value, "[[")
		environment = append(environment, name+"="+value)
	}
	require.Equal(t, installs, job.Script[0])
	require.NotContains(t, strings.Join(job.Script, ""), "[[ inputs", "an input in the text of a command could be one")
	result := shell.Run(t, folder, "set -o errexit -o pipefail; set +o nounset\n"+strings.Join(job.Script[1:], "\n"), environment...)
	got := pipeline{output: result.Stdout + result.Stderr, findings: readIfThere(t, folder+"/findings.sarif")}
	switch {
	case result.Status == 0:
	case strings.Contains(got.output, "Error: ") && got.findings == "":
		got.stage = "Render"
	default:
		got.stage = "Verify"
	}
	return got
}

// TestWorkflowsAreSafe holds what keeps a workflow from running what somebody else wrote.
func TestWorkflowsAreSafe(t *testing.T) {
	text := shell.Read(t, repository, ".github/workflows/verify.yaml")
	var workflow gitHubWorkflow
	decode(t, text, &workflow)
	require.Equal(t, "bash", workflow.Defaults.Run.Shell, "with pipefail")
	require.Equal(t, map[string]string{"contents": "read"}, workflow.Jobs["verify"].Permissions)
	require.Nil(t, workflow.Jobs["alerts"].Permissions)
	pinned := regexp.MustCompile(`uses: [\w/-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+\n`)
	require.Len(t, pinned.FindAllString(text, -1), strings.Count(text, "uses: "))
	require.Equal(t, strings.Count(text, "actions/checkout@"), strings.Count(text, "persist-credentials: false"))
	var runs []string
	for _, job := range workflow.Jobs {
		for _, step := range job.Steps {
			require.NotContains(t, step.Run, "${{", step.Name)
			runs = append(runs, step.Run)
		}
	}
	require.Contains(t, runs, installs)
	require.True(t, slices.ContainsFunc(runs, func(run string) bool { return strings.HasPrefix(run, "kustomize build") }))
}

// TestWorkflowsLint checks the workflow, and the inputs with which the example calls it, as one that lies beside it.
func TestWorkflowsLint(t *testing.T) {
	folder := t.TempDir()
	require.NoError(t, os.CopyFS(folder+"/.github/workflows", os.DirFS(repository+"/.github/workflows")))
	require.NoError(t, os.CopyFS(folder+"/.github/workflows", os.DirFS(ciExample+"/.github/workflows")))
	shell.Edit(t, folder+"/.github/workflows/endpoints.yaml",
		"private-endpoints/private-endpoints/.github/workflows/verify.yaml@v0.1.0", "./.github/workflows/verify.yaml")
	lint := "git init --quiet && actionlint -no-color"
	require.Empty(t, shell.MustRun(t, folder, lint))
	shell.Edit(t, folder+"/.github/workflows/endpoints.yaml", "config:", "configuration:")
	require.Contains(t, shell.Run(t, folder, lint).Stdout, `input "config" is required`)
}

func TestPreCommitDefinitions(t *testing.T) {
	shell.MustRun(t, repository, "pre-commit validate-manifest .pre-commit-hooks.yaml")
	shell.MustRun(t, ciExample, "pre-commit validate-config")
}

// preCommitRefuses goes where the page does not: every hook has to fail with what it runs.
func preCommitRefuses(t *testing.T, environment []string) {
	t.Helper()
	for name, test := range map[string]struct{ change, hook, says string }{
		"kustomize fails":    {"rm base/service.yaml", "private-endpoints-kustomize", "service.yaml"},
		"a side door":        {"cp pull-request/debug.yaml base && sed -i '$a - debug.yaml' base/kustomization.yaml", "private-endpoints-kustomize", "error PE201:"},
		"no baseline":        {"rm endpoints/production.json", "private-endpoints-kustomize", "the baseline cannot be read"},
		"nothing in git":     {"rm -r rendered", "private-endpoints", "no such file"},
		"a deleted manifest": {"git add . && git commit -qm all && git rm -q rendered/production/all.yaml", "private-endpoints", "no such file"},
	} {
		t.Run(name, func(t *testing.T) {
			folder := shell.CopyOf(t, ciExample)
			shell.MustRun(t, folder, "git init -q; "+test.change+"; git add .", environment...)
			got := shell.Run(t, folder, "pre-commit run "+test.hook, environment...)
			require.Equal(t, 1, got.Status, got.Stdout+got.Stderr)
			require.Contains(t, got.Stdout, test.says)
		})
	}
}

// preCommit publishes this repository, as it lies here, under the name and the version that the example's configuration asks for,
// and returns the environment in which pre-commit finds it, with its hooks installed.
func preCommit(t *testing.T) []string {
	t.Helper()
	shell.Need(t, "pre-commit")
	var configuration struct {
		Repos []struct{ Repo, Rev string }
	}
	decode(t, shell.Read(t, ciExample, ".pre-commit-config.yaml"), &configuration)
	asked := configuration.Repos[0]
	published := t.TempDir()
	environment := []string{
		"PRE_COMMIT_HOME=" + t.TempDir(), "PRE_COMMIT_COLOR=never",
		"GOMODCACHE=" + strings.TrimSpace(shell.MustRun(t, ".", "go env GOMODCACHE")),
		"GIT_AUTHOR_NAME=cindy", "GIT_AUTHOR_EMAIL=cindy@example.com", "GIT_COMMITTER_NAME=cindy", "GIT_COMMITTER_EMAIL=cindy@example.com",
		"GIT_CONFIG_COUNT=1", "GIT_CONFIG_KEY_0=url.file://" + published + ".insteadOf", "GIT_CONFIG_VALUE_0=" + asked.Repo,
	}
	shell.MustRun(t, repository, "git ls-files -z --cached --others --exclude-standard | xargs -0 cp --parents -t "+published)
	shell.MustRun(t, published, "git init -q && git add . && git commit -qm all && git tag "+asked.Rev, environment...)
	shell.MustRun(t, shell.CopyOf(t, ciExample), "git init -q && pre-commit install-hooks", environment...)
	return environment
}

func decode(t *testing.T, text string, into any) {
	t.Helper()
	require.NoError(t, yaml.NewDecoder(bytes.NewReader([]byte(text))).Decode(into))
}

func readIfThere(t *testing.T, path string) string {
	t.Helper()
	if _, err := os.Stat(path); err != nil {
		return ""
	}
	return shell.Read(t, path)
}
