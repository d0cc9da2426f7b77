/** The shop's data moved by two jobs: where they write, and that what they have written outlives the move. */
import assert from "node:assert/strict";
import { planFolder } from "../support/plan-folder";
import { root } from "../support/project";

const TASK = "aws:ecs/taskDefinition:TaskDefinition";

interface Container {
  readonly name: string;
  readonly mountPoints?: readonly { readonly containerPath: string; readonly readOnly?: boolean }[];
  readonly environment?: readonly { readonly name: string; readonly value: unknown }[];
}

const plan = (services: object, tier = "fargate") =>
  planFolder({
    config: {
      "spectrum:secrets": { shop: { DB_PASSWORD: { secure: "v1:x" } } },
      "spectrum:apps": {
        shop: {
          compose: ["compose.yaml", "compose.move.yaml"].map((file) => `${root}/examples/shop/${file}`),
          profiles: ["move"],
          tier,
          services,
        },
      },
    },
    files: {},
  });

describe("the shop's data", function () {
  this.timeout(60_000);

  it("is dumped and restored by jobs that share a volume, from the container and into a managed database", async () => {
    const [before, after] = [await plan({}), await plan({ db: { managed: true } })];
    const url = (made: typeof before.made, job: string) => {
      const containers = made.json<Container[]>(made.one(TASK, `shop-${job}`), "containerDefinitions");
      const main = containers.find(({ name }) => name === job);
      assert.deepEqual(
        main?.mountPoints?.map(({ containerPath }) => containerPath).filter((path) => path === "/dumps"),
        ["/dumps"],
      );
      return main?.environment?.find(({ name }) => name === "DATABASE_URL")?.value;
    };
    for (const job of ["dump", "restore"]) {
      assert.deepEqual([before.errors, after.errors], [[], []]);
      assert.match(JSON.stringify(url(before.made, job)), /db\.shop\.services\.spectrum-dev\.internal/);
      assert.match(JSON.stringify(url(after.made, job)), /aws:rds\/instance:Instance/);
    }
    const dumps = (made: typeof before.made) => made.one("aws:efs/accessPoint:AccessPoint", "shop-dumps").urn;
    assert.equal(dumps(after.made), dumps(before.made), "the volume stays while the database changes");
  });

  for (const tier of ["ecs-ec2", "eks", "eks-fargate", "beanstalk"])
    it(`is moved on ${tier} too: no image's ports are in a job's way`, async () => {
      const { errors, made } = await plan({}, tier);
      assert.deepEqual(errors, []);
      assert.equal(made.all("aws:efs/accessPoint:AccessPoint").filter(({ name }) => name === "shop-dumps").length, 1);
    });
});
