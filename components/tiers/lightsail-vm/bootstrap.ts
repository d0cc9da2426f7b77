/** What a machine does when it first starts: Docker, and its registration with Systems Manager. Pure. */
import { shortHash } from "../../names";

/** Who a machine registers as. The code is a secret. */
export interface Registration<T> {
  readonly id: T;
  readonly code: T;
  readonly region: string;
}

/** The proxy of the credentials: the agent's file, said to end soon, so that nobody keeps what the agent has replaced. */
const CREDENTIALS = [
  "#!/usr/bin/python3",
  "import configparser, datetime, json",
  "file = configparser.ConfigParser()",
  'file.read("/root/.aws/credentials")',
  'own = file["default"]',
  "soon = datetime.datetime.now(datetime.timezone.utc) + datetime.timedelta(minutes=10)",
  "print(json.dumps({",
  '    "Version": 1,',
  '    "AccessKeyId": own["aws_access_key_id"],',
  '    "SecretAccessKey": own["aws_secret_access_key"],',
  '    "SessionToken": own["aws_session_token"],',
  '    "Expiration": soon.strftime("%Y-%m-%dT%H:%M:%SZ"),',
  "}))",
];

const written = (path: string, lines: readonly string[]): readonly string[] => [
  `cat > ${path} <<'SPECTRUM'`,
  ...lines,
  "SPECTRUM",
];

/**
 * The steps, but for the registration. Lightsail runs them by sh, behind lines of its own, once.
 *
 * Docker's log driver reads credentials when a container starts and would keep them after the agent has replaced them, an hour
 * later at most; a `credential_process` gives them an end: https://docs.aws.amazon.com/sdkref/latest/guide/feature-process-credentials.html
 */
const STEPS: readonly string[] = [
  "set -eu",
  "export DEBIAN_FRONTEND=noninteractive",
  'again() { for i in 1 2 3 4 5 6 7 8 9 10; do "$@" && return 0; sleep 15; done; return 1; }',
  "mkdir -p /etc/spectrum /etc/docker /etc/systemd/system/docker.service.d /usr/local/lib/spectrum /var/lib/spectrum",
  "chmod 700 /var/lib/spectrum",
  ...written("/usr/local/lib/spectrum/credentials", CREDENTIALS),
  "chmod 755 /usr/local/lib/spectrum/credentials",
  ...written("/etc/spectrum/aws", ["[default]", "credential_process = /usr/local/lib/spectrum/credentials"]),
  ...written("/etc/systemd/system/docker.service.d/spectrum.conf", [
    "[Service]",
    "Environment=AWS_CONFIG_FILE=/etc/spectrum/aws",
    "Environment=AWS_SHARED_CREDENTIALS_FILE=/dev/null",
    "Environment=AWS_SDK_LOAD_CONFIG=1",
  ]),
  ...written("/etc/docker/daemon.json", ['{ "log-driver": "local", "live-restore": true }']),
  "again apt-get -o DPkg::Lock::Timeout=300 update -q",
  "again apt-get -o DPkg::Lock::Timeout=300 install -qy docker.io docker-compose-v2 python3-boto3 unattended-upgrades",
  "systemctl enable --now docker",
  "snap list amazon-ssm-agent || again snap install amazon-ssm-agent --classic",
  "snap stop amazon-ssm-agent",
];

const register = ({ id, code, region }: Registration<string>): readonly string[] => [
  `again /snap/amazon-ssm-agent/current/amazon-ssm-agent -register -y -id ${id} -code ${code} -region ${region}`,
  "snap start --enable amazon-ssm-agent",
];

/** The user data. It stays what it was for the life of the machine: everything that changes comes by the association. */
export function userData(registration: Registration<string>): string {
  return `${[...STEPS, ...register(registration)].join("\n")}\n`;
}

/** What a machine is made from: another text is another machine. */
export function generationOf(made: {
  readonly bundle: string;
  readonly blueprint: string;
  readonly zone: string;
  readonly region: string;
  readonly generation: string;
}): string {
  const steps = userData({ id: "id", code: "code", region: made.region });
  return shortHash(JSON.stringify([made.bundle, made.blueprint, made.zone, made.generation, steps]), 6);
}
