/** What the bundle has to run jobs: a program, what it knows of them, and who runs it before a new version. Pure. */
import type { Placement } from "../../../app/config/types";
import { deployJobs, jobOf, jobsOf } from "../../../app/jobs";
import type { App } from "../../../app/model";
import { jobData, type JobData, jobProgram } from "../compose";
import { COMPOSE_FILE, LOGIN_SCRIPT } from "./bundle";

/** Beside the Compose file. */
export const JOB_PROGRAM = ".spectrum/jobs.py";
const JOB_DATA = ".spectrum/jobs.json";

/** `jobs.py deploy` runs the jobs before a version; `jobs.py run <job> <command> <environment>` one, the last two as JSON in base64. */
const program = String.raw`#!/usr/bin/python3
# Made by Spectrum: runs the app's jobs by Docker Compose.
import base64, collections, fcntl, json, os, signal, subprocess, sys, threading, time

os.chdir(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
APP = json.load(open("${JOB_DATA}"))

${jobProgram.trim()}


def environment():
    """The environment's properties, with the secrets' values: Beanstalk gives them to what it runs itself alone."""
    tool = ["/opt/elasticbeanstalk/bin/get-config", "environment"]
    properties = json.loads(subprocess.run(tool, check=True, stdout=subprocess.PIPE, text=True).stdout)
    return {**{name: str(value) for name, value in properties.items()}, **os.environ, "HOME": "/root"}


def docker_compose():
    quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
    plugin = subprocess.run(["docker", "compose", "version"], **quiet).returncode == 0
    return [*(["docker", "compose"] if plugin else ["docker-compose"]), "-f", "${COMPOSE_FILE}"]


def start(name, env, **more):
    return run_job(docker_compose(), APP["name"], name, APP["jobs"][name], env, **more)


def deploy():
    env = environment()
    for name in APP["deployJobs"]:
        code = start(name, env, dependencies=True)
        if code != 0:
            print("the new version is not started, for the job %s has failed" % name)
            sys.exit(code)


def run_by_name(name, command, overrides):
    command, overrides = given(command, list), given(overrides, dict)
    env = environment()
    # the login of the last deployment has ended, and the image may be gone with it
    subprocess.run(["bash", "${LOGIN_SCRIPT}"], check=True, env=env)
    sys.exit(start(name, env, command=command, environment=overrides))


# a run that is cancelled takes its container along
signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
verb, *rest = sys.argv[1:]
{"deploy": deploy, "run": run_by_name}[verb](*rest)
`;

/** By path; none where the app has no jobs. */
export function jobFiles(app: App, placement: Placement): Readonly<Record<string, string>> {
  const jobs = jobsOf(app).flatMap(({ name }): [string, JobData][] => {
    const job = jobOf(placement, name);
    return job ? [[name, jobData(job)]] : [];
  });
  if (jobs.length === 0) return {};
  const before = deployJobs(app, placement).map(({ name }) => name);
  const data = { deployJobs: before, jobs: Object.fromEntries(jobs), name: app.name };
  return {
    [JOB_PROGRAM]: program,
    [JOB_DATA]: `${JSON.stringify(data, null, 2)}\n`,
    ...(before.length > 0 && { ".ebextensions/jobs.config": leaderCommand }),
  };
}

/**
 * On one instance of each deployment, after the hooks that log in and fetch files, and before the old containers stop; its failure is the
 * deployment's. https://docs.aws.amazon.com/elasticbeanstalk/latest/dg/platforms-linux-extend.workflow.html
 */
const leaderCommand = `${JSON.stringify(
  { container_commands: { jobs: { command: `/usr/bin/python3 ${JOB_PROGRAM} deploy`, leader_only: true } } },
  null,
  2,
)}\n`;
