// Reads many Compose projects in one process with compose-go, the library inside Docker Compose.
// Input: one JSON object a line, {"files": [...], "profiles": [...]}; output: one JSON object a line, {"model": ...} or {"error": "..."}.
// Variables come from .env beside the first file, relative paths are kept as they are.
package main

import (
	"bufio"
	"context"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"

	"github.com/compose-spec/compose-go/v2/cli"
	"github.com/sirupsen/logrus"
)

type job struct {
	Files    []string `json:"files"`
	Profiles []string `json:"profiles"`
}

func read(j job) (model any, err error) {
	defer func() {
		if r := recover(); r != nil {
			err = fmt.Errorf("panic: %v", r)
		}
	}()
	dir := filepath.Dir(j.Files[0])
	// with paths kept relative, compose-go opens an env_file relative to the working directory
	if err := os.Chdir(dir); err != nil {
		return nil, err
	}
	opts, err := cli.NewProjectOptions(j.Files,
		cli.WithWorkingDirectory(dir), cli.WithEnvFiles(), cli.WithDotEnv, cli.WithInterpolation(true),
		cli.WithResolvedPaths(false), cli.WithDefaultProfiles(j.Profiles...))
	if err != nil {
		return nil, err
	}
	p, err := opts.LoadProject(context.Background())
	if err != nil {
		return nil, err
	}
	out, err := p.MarshalJSON()
	if err != nil {
		return nil, fmt.Errorf("marshal: %w", err)
	}
	err = json.Unmarshal(out, &model)
	return model, err
}

func main() {
	logrus.SetLevel(logrus.ErrorLevel)
	in := bufio.NewScanner(os.Stdin)
	in.Buffer(nil, 64<<20)
	out := json.NewEncoder(os.Stdout)
	for in.Scan() {
		var j job
		if err := json.Unmarshal(in.Bytes(), &j); err != nil {
			panic(err)
		}
		model, err := read(j)
		if err != nil {
			_ = out.Encode(map[string]any{"error": err.Error()})
		} else {
			_ = out.Encode(map[string]any{"model": model})
		}
	}
}
