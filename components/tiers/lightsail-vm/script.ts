/**
 * The program that runs an app on its machine: the association writes it, with the app's data beside it, and systemd starts it
 * at boot. Python, for its own packages are part of the distribution and no quoting of a shell's can go wrong.
 */
import { jobProgram, JOB_PROFILE } from "../compose";

/**
 * A version comes as `next.py` and `next.json`, and becomes `machine.py` and `app.json` when it is started: until then a machine
 * that is started anew runs the version before it.
 *
 * `next.py deploy` runs the jobs that come before a version, brings the app to it and waits; `machine.py boot` starts it again;
 * `machine.py run <job> <command> <environment>` runs a job, the last two as JSON in base64.
 */
export const machineScript = String.raw`#!/usr/bin/python3
import base64, collections, fcntl, hashlib, json, os, re, signal, subprocess, sys, threading, time

import boto3

HOME = os.path.dirname(os.path.abspath(__file__))
NEXT = {"next.py": "machine.py", "next.json": "app.json", "next.yaml": "compose.yaml"}
IS_NEXT = os.path.basename(__file__) == "next.py"
APP = json.load(open(os.path.join(HOME, "next.json" if IS_NEXT else "app.json")))
COMPOSE_FILE = "next.yaml" if IS_NEXT else "compose.yaml"
DISK = "/mnt/spectrum"
LABEL = "spectrum"
os.environ.update(
    AWS_SHARED_CREDENTIALS_FILE="/root/.aws/credentials",
    AWS_DEFAULT_REGION=APP["region"],
    DOCKER_CONFIG="/run/spectrum/docker",
    HOME="/root",
)


def run(*command, **more):
    return subprocess.run(command, check=True, text=True, **more)


def output(*command):
    return run(*command, stdout=subprocess.PIPE).stdout


def again(what, seconds=120):
    end = time.time() + seconds
    while True:
        try:
            return what()
        except Exception as error:
            if time.time() > end:
                raise
            print("again:", error, flush=True)
            time.sleep(5)


def write(path, content, mode, uid=None, gid=None):
    path = path if os.path.isabs(path) else os.path.join(HOME, path)
    os.makedirs(os.path.dirname(path), exist_ok=True)
    with open(path + ".new", "wb") as file:
        os.fchmod(file.fileno(), 0o600)
        file.write(content)
        if uid is not None or gid is not None:
            os.fchown(file.fileno(), int(uid or 0), int(gid or 0))
        os.fchmod(file.fileno(), mode)
    # in place, for a container has this very file mounted
    with open(path + ".new", "rb") as new, open(path, "wb") as old:
        old.write(new.read())
        os.fchmod(old.fileno(), mode)
        os.fchown(old.fileno(), int(uid or 0), int(gid or 0))
    os.remove(path + ".new")


def spare_disk():
    """The one disk that is not the machine's own."""
    tree = json.loads(output("lsblk", "--json", "--bytes", "-o", "NAME,PATH,TYPE,LABEL,FSTYPE,MOUNTPOINTS"))
    disks = [d for d in tree["blockdevices"] if d["type"] == "disk" and not d.get("children")]
    labelled = [d for d in disks if d.get("label") == LABEL]
    empty = [d for d in disks if not d.get("fstype") and not any(d.get("mountpoints") or [])]
    found = labelled or empty
    if len(found) != 1:
        raise RuntimeError("%d disks could be the app's" % len(found))
    return found[0]


def mount_disk():
    """Docker waits for the disk at boot, or a container would start with an empty folder in its place."""
    if not os.path.ismount(DISK):
        mount_new_disk()
    line = "LABEL=%s %s ext4 noatime,nofail,x-systemd.device-timeout=60 0 2" % (LABEL, DISK)
    if line not in open("/etc/fstab").read().splitlines():
        with open("/etc/fstab", "a") as table:
            table.write(line + "\n")
    write("/etc/systemd/system/docker.service.d/disk.conf", ("[Unit]\nRequiresMountsFor=%s\n" % DISK).encode(), 0o644)
    run("systemctl", "daemon-reload")


def mount_new_disk():
    disk = again(spare_disk)
    if disk.get("label") != LABEL:
        # formatted only where nothing at all is on it; wipefs finds what lsblk has not read yet
        if output("wipefs", "--noheadings", disk["path"]).strip():
            raise RuntimeError(disk["path"] + " holds something, and is no disk of Spectrum's")
        run("mkfs.ext4", "-q", "-L", LABEL, disk["path"])
    os.makedirs(DISK, exist_ok=True)
    run("mount", "-o", "noatime", disk["path"], DISK)


def secrets():
    """Every secret by its parameter's name or ARN."""
    found = {}
    names = sorted({s for s in list(APP["variables"].values()) + [f["secret"] for f in APP["secretFiles"]]})
    parameters = [n for n in names if ":secretsmanager:" not in n]
    for start in range(0, len(parameters), 10):
        some = parameters[start : start + 10]
        plain = {n: re.sub(r"^arn:[^/]*:parameter", "", n) for n in some}
        answer = boto3.client("ssm").get_parameters(Names=list(plain.values()), WithDecryption=True)
        if answer["InvalidParameters"]:
            raise RuntimeError("no such parameters: " + ", ".join(answer["InvalidParameters"]))
        values = {p["Name"]: p["Value"] for p in answer["Parameters"]}
        found.update({n: values[name] for n, name in plain.items()})
    for name in names:
        if ":secretsmanager:" not in name:
            continue
        parts = name.split(":")
        text = boto3.client("secretsmanager").get_secret_value(SecretId=":".join(parts[:7]))["SecretString"]
        found[name] = json.loads(text)[parts[7]] if len(parts) > 7 and parts[7] else text
    return found


def environment(files=True):
    """The variables that the Compose file is read with; files with secrets are written."""
    found = again(secrets)
    for file in APP["secretFiles"] if files else []:
        write(file["path"], found[file["secret"]].encode(), file["mode"], file["uid"], file["gid"])
    variables = {name: found[secret] for name, secret in APP["variables"].items()}
    for name, paths in APP["digests"].items():
        digest = hashlib.sha256()
        for path in paths:
            digest.update(open(os.path.join(HOME, path), "rb").read())
        variables[name] = digest.hexdigest()[:16]
    return {**os.environ, **variables}


def log_in():
    """To ECR by the machine's own role, and to the registries that have a login."""
    os.makedirs(os.environ["DOCKER_CONFIG"], mode=0o700, exist_ok=True)
    own = re.compile(r"^(\d{12}\.dkr\.ecr\.([a-z0-9-]+)\.amazonaws\.com(?:\.cn)?)/")
    for host, region in sorted({m.groups() for m in map(own.match, APP["images"]) if m}):
        data = boto3.client("ecr", region_name=region).get_authorization_token()["authorizationData"][0]
        user, password = base64.b64decode(data["authorizationToken"]).decode().split(":", 1)
        run("docker", "login", "--username", user, "--password-stdin", host, input=password)
    for host, arn in sorted(APP["registries"].items()):
        login = json.loads(boto3.client("secretsmanager").get_secret_value(SecretId=arn)["SecretString"])
        run("docker", "login", "--username", login["username"], "--password-stdin", host, input=login["password"])


def docker_compose():
    return ["docker", "compose", "--project-directory", HOME, "-f", os.path.join(HOME, COMPOSE_FILE)]


def compose(*words, **more):
    return run(*docker_compose(), *words, **more)


def containers():
    text = compose("ps", "--all", "--format", "json", stdout=subprocess.PIPE, env=None).stdout.strip()
    if not text:
        return []
    return json.loads(text) if text.startswith("[") else [json.loads(line) for line in text.splitlines()]


def settled(container):
    if container["State"] == "exited":
        return container["ExitCode"] == 0
    return container["State"] == "running" and container.get("Health", "") in ("", "healthy")


def wait(seconds):
    """Twice in a row, some seconds apart: a program that ends at once is running for a moment too."""
    end = time.time() + seconds
    good = 0
    while good < 3:
        late = [c for c in containers() if c.get("Service") not in APP["jobs"] and not settled(c)]
        good = 0 if late else good + 1
        if late and time.time() > end:
            for container in late:
                print(container["Name"], container["State"], container.get("Health", ""), flush=True)
                subprocess.run(["docker", "logs", "--tail", "20", container["Name"]])
            sys.exit("not healthy after %d s" % seconds)
        time.sleep(5)


${jobProgram.trim()}


def write_files(files):
    for file in files:
        content = base64.b64decode(file["content"]) if file["encoding"] == "base64" else file["content"].encode()
        write(file["path"], content, file["mode"], file["uid"], file["gid"])


def start(pull):
    if APP["disk"]:
        mount_disk()
    for folder in APP["folders"]:
        os.makedirs(os.path.join(HOME, folder), exist_ok=True)
    env = environment()
    if pull:
        again(log_in)
        profile = ["--profile", "${JOB_PROFILE}"] if APP["jobs"] else []
        again(lambda: compose(*profile, "pull", "--quiet", "--ignore-buildable", env=env))
    return env


def prepare():
    """All that the next version needs; nothing of it runs yet."""
    write_files(APP["files"])
    write(COMPOSE_FILE, APP["compose"].encode(), 0o600)
    return start(pull=True)


def run_deploy_jobs(env):
    """The first that fails ends the deployment, and what runs goes on."""
    for name in APP["deployJobs"]:
        job = APP["jobs"][name]
        code = run_job(docker_compose(), APP["name"], name, job, env, dependencies=True)
        if code != 0:
            print("the new version is not started, for the job %s has failed; its log: %s" % (name, job["log"]))
            sys.exit(code)


def restore_files():
    """What runs has its own files again."""
    running = os.path.join(HOME, "app.json")
    if os.path.exists(running):
        write_files(json.load(open(running))["files"])


def up(env):
    compose("up", "--detach", "--remove-orphans", env=env)


def become_current():
    global COMPOSE_FILE
    for new, name in NEXT.items():
        os.replace(os.path.join(HOME, new), os.path.join(HOME, name))
    COMPOSE_FILE = "compose.yaml"
    unit = "spectrum-" + APP["name"]
    write("/etc/systemd/system/%s.service" % unit, APP["unit"].encode(), 0o644)
    run("systemctl", "daemon-reload")
    run("systemctl", "enable", "--quiet", unit)


def deploy():
    begin = time.time()
    try:
        env = prepare()
        begin -= time.time()
        run_deploy_jobs(env)
        begin += time.time()  # they have a time of their own
    except BaseException:
        restore_files()
        raise
    become_current()
    up(env)
    wait(max(30, APP["timeToFail"] - (time.time() - begin)))
    subprocess.run(["docker", "image", "prune", "--all", "--force", "--filter", "until=168h"])


def run_by_name(name, command, overrides):
    job = APP["jobs"][name]
    command, overrides = given(command, list), given(overrides, dict)
    env = environment(files=False)
    # an image that no container uses is taken away after a week
    if subprocess.run(["docker", "image", "inspect", job["image"]], stdout=subprocess.DEVNULL).returncode != 0:
        again(log_in)
        again(lambda: compose("pull", "--quiet", name, env=env))
    sys.exit(run_job(docker_compose(), APP["name"], name, job, env, command, overrides))


# a run that is cancelled takes its container along
signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
verb, *rest = sys.argv[1:]
if verb == "boot":
    up(start(pull=False))
else:
    {"deploy": deploy, "run": run_by_name}[verb](*rest)
`;

/** The systemd unit of an app: it is started at boot, and again until it is up. */
export function unitFile(app: string, folder: string): string {
  return [
    "[Unit]",
    `Description=${app}, run by Docker Compose`,
    "After=docker.service network-online.target snap.amazon-ssm-agent.amazon-ssm-agent.service",
    "Wants=network-online.target",
    "Requires=docker.service",
    "",
    "[Service]",
    "Type=oneshot",
    "RemainAfterExit=yes",
    `ExecStart=/usr/bin/python3 ${folder}/machine.py boot`,
    "Restart=on-failure",
    "RestartSec=30",
    "",
    "[Install]",
    "WantedBy=multi-user.target",
    "",
  ].join("\n");
}
