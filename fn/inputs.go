package fn

import (
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/private-endpoints/private-endpoints/transformer/config"
	"github.com/private-endpoints/private-endpoints/transformer/finding"
	"github.com/private-endpoints/private-endpoints/transformer/manifest"
)

// extensions are those of the files that are read in a folder.
var extensions = []string{".yaml", ".yml", ".json"}

// sources are the files that make a folder the input of a renderer, with what it holds and what renders it.
var sources = map[string]struct{ what, renderer string }{
	"kustomization.yaml": {"kustomization", "kustomize build"},
	"kustomization.yml":  {"kustomization", "kustomize build"},
	"Kustomization":      {"kustomization", "kustomize build"},
	"Chart.yaml":         {"chart", "helm template"},
}

// readInputs reads the files that arguments name, in their order: a file, every manifest below a folder, or standard input
// for "-" and where there is no argument.
func (p Process) readInputs(arguments []string) ([]manifest.File, error) {
	if len(arguments) == 0 {
		arguments = []string{"-"}
	}
	var files []manifest.File
	for _, argument := range arguments {
		names := []string{argument}
		if argument == "-" {
			text, err := p.readStdin()
			if err != nil {
				return nil, err
			}
			files = append(files, manifest.File{Text: text})
			continue
		}
		if info, err := os.Stat(argument); err != nil {
			return nil, unreadable(err)
		} else if info.IsDir() {
			if names, err = manifestsBelow(argument); err != nil {
				return nil, err
			}
		}
		for _, name := range names {
			text, err := os.ReadFile(name)
			if err != nil {
				return nil, unreadable(err)
			}
			// Code review services look for the name as git has it, without ./ before it.
			files = append(files, manifest.File{Name: filepath.ToSlash(filepath.Clean(name)), Text: text})
		}
	}
	return files, nil
}

func (p Process) readStdin() ([]byte, error) {
	if isTerminal(p.Stdin) {
		return nil, advise("pipe manifests in, or name files and folders", "stdin is a terminal")
	}
	text, err := io.ReadAll(p.Stdin)
	if err != nil {
		return nil, fmt.Errorf("stdin cannot be read: %w", err)
	}
	return text, nil
}

// manifestsBelow returns the manifests in a folder and the folders in it, in the order of their names. Hidden ones are left
// out, as those of version control are. A folder that has yet to be rendered is an error.
func manifestsBelow(folder string) ([]string, error) {
	var names []string
	// With a slash at its end, a link to a folder is walked like the folder.
	root := strings.TrimRight(folder, "/") + "/"
	err := filepath.WalkDir(root, func(name string, entry fs.DirEntry, err error) error {
		switch {
		case err != nil:
			return unreadable(err)
		case name != root && strings.HasPrefix(entry.Name(), "."):
			if entry.IsDir() {
				return filepath.SkipDir
			}
		case entry.Type()&fs.ModeSymlink != 0 && isFolder(name):
			return advise("name the folder behind it as another argument, or remove the link", "%s is a link to a folder, which is not followed", name)
		case !entry.IsDir() && sources[entry.Name()].what != "":
			return unrendered(filepath.Dir(name), entry.Name())
		case !entry.IsDir() && slices.Contains(extensions, strings.ToLower(filepath.Ext(name))):
			names = append(names, name)
		}
		return nil
	})
	if err == nil && len(names) == 0 {
		err = advise("manifests are files whose names end in "+strings.Join(extensions, ", ")+", and not hidden", "folder %s holds no manifests", folder)
	}
	return names, err
}

// isFolder says whether a name leads to a folder, through links too.
func isFolder(name string) bool {
	info, err := os.Stat(name)
	return err == nil && info.IsDir()
}

// unrendered is the error about a folder whose manifests are not what is deployed.
func unrendered(folder, name string) error {
	source := sources[name]
	return advise(fmt.Sprintf("pass what %q prints, through a pipe or as a file", source.renderer),
		"folder %s holds a %s, in %s: what is deployed is what %q prints", folder, source.what, name, source.renderer)
}

// unreadable is the error about manifests that cannot be read.
func unreadable(err error) error {
	return advise("name files and folders of manifests, or - for standard input", "the manifests cannot be read: %w", pathError(err))
}

// decode decodes the configuration in a file of a name.
func decode(document []byte, name string) (*config.Config, finding.List) {
	settings, findings := config.Decode(document)
	for i := range findings {
		findings[i].Object.File = name
	}
	return settings, findings
}

// ofFile names the file of the configuration, where there is one, in findings about its spec. An object of the input that has neither kind
// nor name is the zero Object too; its findings are about other fields.
func ofFile(findings finding.List, name string) finding.List {
	for i := range findings {
		if findings[i].Object == (finding.Object{}) && strings.HasPrefix(findings[i].Field, "spec.") {
			findings[i].Object.File = name
		}
	}
	return findings
}

// readConfigurationFile reads the file that --config names.
func readConfigurationFile(name string) ([]byte, error) {
	text, err := os.ReadFile(name)
	if err != nil {
		return nil, advise(`--config takes one file; "private-endpoints --help" shows what is in it`, "%w", pathError(err))
	}
	return text, nil
}
