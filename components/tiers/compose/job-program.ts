/**
 * The part of a machine's program that runs a job: Python, for no quoting of a shell's can go wrong and the distributions have it.
 * Exit codes are the job's own but for two: 124, as `timeout` has it, where its time was up, and 75, `EX_TEMPFAIL`, where an
 * earlier run goes on.
 */
import type { JobConfig } from "../../../app/config/types";

/** Seconds between a run that failed and the next. */
const PAUSE_SECONDS = 10;
/** Seconds that a job gets to end after SIGTERM once its time is up. */
const STOP_SECONDS = 10;
/** Seconds besides: dependencies' starts, and what Docker needs for a container. */
const OVERHEAD_SECONDS = 60;

/** The longest that a command of Systems Manager runs: 48 hours. https://docs.aws.amazon.com/systems-manager/latest/userguide/documents-command-ssm-plugin-reference.html */
export const MAX_COMMAND_SECONDS = 172_800;

/** What the program is told of a job. */
export interface JobData {
  /** Seconds of one run. */
  readonly timeout: number;
  readonly retries: number;
  /** True: a run does not start while an earlier one goes on. */
  readonly exclusive: boolean;
}

export const jobData = ({ timeout, retries, concurrency }: JobConfig): JobData => ({
  timeout,
  retries,
  exclusive: concurrency === "forbid",
});

/** Seconds in which a job has ended, with all of its retries. */
export const jobSeconds = ({ timeout, retries }: Pick<JobConfig, "timeout" | "retries">): number =>
  Math.ceil((retries + 1) * (timeout + STOP_SECONDS + PAUSE_SECONDS)) + OVERHEAD_SECONDS;

/**
 * `run_job`, which needs `collections`, `fcntl`, `os`, `subprocess`, `threading` and `time`, and `given`, which needs `base64`,
 * `json` and `sys`. A run's last lines are printed, whatever its length: Systems Manager keeps the first 24,000 characters.
 */
export const jobProgram = String.raw`
def given(text, kind):
    """An argument of the command's: JSON in base64, so that nothing in it is a shell's."""
    value = json.loads(base64.b64decode(text))
    if not isinstance(value, kind):
        sys.exit("got %s where a JSON %s is wanted" % (json.dumps(value), "array" if kind is list else "object"))
    return value


def attempt_job(words, container, seconds, env):
    pipe = {"stdin": subprocess.DEVNULL, "stdout": subprocess.PIPE, "stderr": subprocess.STDOUT}
    process = subprocess.Popen(words, env=env, text=True, errors="replace", **pipe)
    last = collections.deque(maxlen=50)
    reader = threading.Thread(target=lambda: last.extend(process.stdout), daemon=True)
    reader.start()
    try:
        return process.wait(timeout=seconds)
    except subprocess.TimeoutExpired:
        print("stopped after %d s" % seconds, flush=True)
        return 124
    finally:
        quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
        if process.poll() is None:
            subprocess.run(["docker", "stop", "-t", "${STOP_SECONDS}", container], **quiet)
            process.kill()
        subprocess.run(["docker", "rm", "--force", container], **quiet)
        reader.join(timeout=5)
        print("".join(tuple(last)), end="", flush=True)


def run_job(compose, app, name, job, env, command=(), environment=None, dependencies=False):
    """Runs a job to its end, and again where it has failed and has retries left; its exit code."""
    with open("/run/lock/spectrum-%s-%s" % (app, name), "w") as lock:
        if job["exclusive"]:
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                print("%s: an earlier run goes on, so this one does not start" % name, flush=True)
                return 75
        for left in range(job["retries"], -1, -1):
            container = "%s-%s-run-%s" % (app, name, os.urandom(4).hex())
            words = [*compose, "run", "--rm", "-T", "--name", container]
            words += [] if dependencies else ["--no-deps"]
            for key, value in (environment or {}).items():
                words += ["--env", "%s=%s" % (key, value)]
            code = attempt_job([*words, name, *map(str, command)], container, job["timeout"], env)
            print("%s ended with exit code %d" % (name, code), flush=True)
            if code == 0 or left == 0:
                return code
            time.sleep(${PAUSE_SECONDS})
`;
