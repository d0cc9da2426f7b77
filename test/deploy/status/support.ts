/** What the tests of the status have in common: a fake AWS that is asked by the real SDK, and services to ask about. */
import { Aws, type Deployed, type ServiceStatus, statusOf, type Target } from "../../../deploy/status";
import { type FakeAws, serveAws, type Told, withEnv } from "../../support/fake-aws";

export const REGION = "eu-central-1";
export const DIGEST = `sha256:${"a1".repeat(32)}`;
export const OTHER_DIGEST = `sha256:${"b2".repeat(32)}`;
export const PINNED = `123456789012.dkr.ecr.${REGION}.amazonaws.com/shop-api@${DIGEST}`;
export const AT = new Date("2026-03-01T12:00:00Z");

export interface OneService {
  readonly target: Target;
  readonly revision: string;
  readonly image?: string;
  readonly logGroup?: string;
}

/** The output `deployed` of an app `shop` with its services. */
export function deployedShop(services: Readonly<Record<string, OneService>>): Deployed {
  const [first] = Object.values(services);
  return {
    shop: {
      tier: first?.target.tier ?? "fargate",
      content: "c0".repeat(32),
      images: Object.fromEntries(Object.entries(services).map(([name, { image = PINNED }]) => [name, image])),
      services: Object.fromEntries(
        Object.entries(services).map(([name, { target, revision, logGroup }]) => [
          name,
          { target, revision, ...(logGroup !== undefined && { logGroup }) },
        ]),
      ),
      jobs: {},
    },
  };
}

/** Asks the fake; one for each test file. */
export class Asked {
  private constructor(
    readonly fake: FakeAws,
    private readonly restore: () => void,
  ) {}

  static async open(): Promise<Asked> {
    const fake = await serveAws();
    return new Asked(fake, withEnv(fake.env));
  }

  close(): void {
    this.restore();
    this.fake.close();
  }

  async statuses(deployed: Deployed, told: Told, app?: string): Promise<readonly ServiceStatus[]> {
    this.fake.tell(told);
    const aws = new Aws({ region: REGION });
    try {
      return await statusOf(aws, { deployed, ...(app !== undefined && { app }) });
    } finally {
      aws.close();
    }
  }

  /** Of an app with one service. */
  async status(service: OneService, told: Told): Promise<ServiceStatus> {
    const [only] = await this.statuses(deployedShop({ api: service }), told);
    if (!only) throw new Error("no status");
    return only;
  }

  /** The actions that were asked, each once, sorted. */
  get actions(): readonly string[] {
    return [...new Set(this.fake.asked.map(({ action }) => action))].sort();
  }
}
