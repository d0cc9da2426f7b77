import assert from "node:assert/strict";
import { useMocks } from "../../../support/mocks";
import type { Recorded } from "../../../support/record";
import { bundle, type Input, options, SHARED, tools, types, web } from "./support";

const { record, host } = tools;
const VOLUME = ["volumes: [data:/data]", "volumes:\n  data:\n"] as const;

/** The statements of a role's inline policy. */
const statements = (made: Recorded, name: string) =>
  made.json<{ Statement: readonly { Action: readonly string[]; Resource: readonly unknown[] }[] }>(
    made.one("aws:iam/rolePolicy:RolePolicy", name),
    "policy",
  ).Statement;

describe("an app on Beanstalk", () => {
  describe("a single instance", () => {
    let made: Recorded;
    before(async () => (made = await record({ compose: web() })));

    it("is an application, a version and an environment, with two roles and a security group", () => {
      const app = made.one("spectrum:tier:Beanstalk", "shop");
      assert.deepEqual(
        made
          .childrenOf(app)
          .map(({ type, name }) => `${type.split(":").at(-1)} ${name}`)
          .sort(),
        [
          "Application shop",
          `ApplicationVersion ${made.one(types.version).name}`,
          `BucketObjectv2 ${made.one(types.object).name}`,
          "Environment shop",
          "InstanceProfile shop-instance",
          "Role shop-instance",
          "Role shop-service",
          "RolePolicy shop-instance",
          "RolePolicy shop-service",
          "RolePolicyAttachment shop-service-health",
          "RolePolicyAttachment shop-service-updates",
          "SecurityGroup shop-instances",
          "SecurityGroupEgressRule shop-instances",
          "SecurityGroupIngressRule shop-from-world-tcp-8080",
        ],
      );
      assert.equal(made.one(types.application).inputs.name, "spectrum-dev-shop");
      assert.equal(made.one(types.environment).inputs.name, "spectrum-dev-shop");
      assert.equal("cnamePrefix" in made.one(types.environment).inputs, false, "AWS makes a free one");
    });

    it("says every option that Beanstalk's default would set badly", () => {
      const all = options(made);
      assert.deepEqual(all["elasticbeanstalk:environment"], {
        EnvironmentType: "SingleInstance",
        ServiceRole: made.output(made.one("aws:iam/role:Role", "shop-service"), "arn"),
      });
      assert.deepEqual(all["ec2:instances"], {
        InstanceTypes: "t3.micro",
        SupportedArchitectures: "x86_64",
        EnableSpot: "false",
      });
      assert.deepEqual(all["autoscaling:launchconfiguration"], {
        IamInstanceProfile: made.output(made.one("aws:iam/instanceProfile:InstanceProfile"), "name"),
        SecurityGroups: made.output(made.one("aws:ec2/securityGroup:SecurityGroup", "shop-instances"), "id"),
        DisableDefaultEC2SecurityGroup: "true",
        DisableIMDSv1: "true",
        RootVolumeType: "gp3",
        RootVolumeSize: "16",
      });
      assert.deepEqual(all["autoscaling:asg"], { MinSize: "1", MaxSize: "1", Cooldown: "180" });
      assert.deepEqual(all["elasticbeanstalk:command"], { DeploymentPolicy: "AllAtOnce", Timeout: "600" });
      assert.deepEqual(all["elasticbeanstalk:healthreporting:system"], { SystemType: "enhanced" });
      assert.deepEqual(all["elasticbeanstalk:managedactions"], {
        ManagedActionsEnabled: "true",
        PreferredStartTime: "Sun:03:00",
        ServiceRoleForManagedUpdates: made.output(made.one("aws:iam/role:Role", "shop-service"), "arn"),
      });
      assert.deepEqual(all["elasticbeanstalk:managedactions:platformupdate"], {
        UpdateLevel: "minor",
        InstanceRefreshEnabled: "false",
      });
      assert.deepEqual(all["elasticbeanstalk:cloudwatch:logs"], {
        StreamLogs: "true",
        DeleteOnTerminate: "true",
        RetentionInDays: "14",
      });
      assert.equal(all["ec2:vpc"]?.AssociatePublicIpAddress, "true");
      assert.equal(all["autoscaling:trigger"], undefined);
      assert.deepEqual(
        Object.keys(all).filter((key) => key.startsWith("elbv2")),
        [],
      );
    });

    it("is on the platform that AWS says is the newest, and stays on what managed updates choose", () => {
      const { inputs, options: own } = made.one(types.environment);
      assert.deepEqual(inputs.solutionStackName, { $lookup: "aws:elasticbeanstalk/getSolutionStack:getSolutionStack" });
      assert.deepEqual(own?.ignoreChanges, ["solutionStackName"]);
    });

    it("is open to the world on its published ports alone", () => {
      const rules = made
        .all(types.ingress)
        .map(({ inputs: { fromPort, toPort, cidrIpv4, ipProtocol } }) => [fromPort, toPort, cidrIpv4, ipProtocol]);
      assert.deepEqual(rules, [[8080, 8080, "0.0.0.0/0", "tcp"]]);
      assert.deepEqual(made.all("aws:lb/loadBalancer:LoadBalancer"), []);
    });

    it("waits for its roles and rules, and fails in time", () => {
      const environmentOf = made.one(types.environment);
      const names = made.dependencyNames(environmentOf);
      for (const name of ["shop-service-health", "shop-service-updates", "shop-instances", "shop-from-world-tcp-8080"])
        assert.ok(names.includes(name), name);
      assert.equal(environmentOf.inputs.waitForReadyTimeout, "25m");
      assert.deepEqual(environmentOf.options?.customTimeouts, { create: "1500s", update: "1500s", delete: "1800s" });
    });

    it("has a role that does what Beanstalk's agents do on this app, and no more", () => {
      const actions = statements(made, "shop-instance").flatMap(({ Action }) => Action);
      assert.deepEqual(
        actions.filter((action) => action.startsWith("ecr") || action.startsWith("ssm")),
        [],
      );
      assert.ok(actions.includes("elasticbeanstalk:PutInstanceStatistics"));
      for (const { Resource } of statements(made, "shop-instance"))
        assert.ok(Resource.every((resource) => resource !== "*"));
      const trust = made.json<{ Statement: readonly { Condition: unknown }[] }>(
        made.one("aws:iam/role:Role", "shop-service"),
        "assumeRolePolicy",
      );
      assert.deepEqual(trust.Statement[0]?.Condition, { StringEquals: { "sts:ExternalId": "elasticbeanstalk" } });
    });

    it("serves TCP and UDP as they are published", async () => {
      const compose = web().replace('["8080:80"]', '[{ target: 80, published: "81", app_protocol: tcp }, "53:53/udp"]');
      const direct = await record({ compose });
      assert.deepEqual(
        direct.all(types.ingress).map(({ inputs }) => `${inputs.fromPort as number}/${inputs.ipProtocol as string}`),
        ["81/tcp", "53/udp"],
      );
      const { apps } = direct.outputs as { apps: { shop: { urls: Record<string, { $output: string }> } } };
      assert.match(apps.shop.urls["web:53"]?.$output ?? "", /^udp:\/\/.*:53$/u);
      assert.match(apps.shop.urls["web:80"]?.$output ?? "", /^tcp:\/\/.*:81$/u);
    });

    it("answers an accepted name over plain HTTP on port 80, by an alias to its CNAME", async () => {
      const config = { domain: "shop.example.com", beanstalk: { accept: ["hosts"] } };
      const named = await record({ compose: web(), config });
      const aliases = [
        {
          name: named.output(named.one(types.environment), "cname"),
          zoneId: { $lookup: "aws:elasticbeanstalk/getHostedZone:getHostedZone" },
          evaluateTargetHealth: false,
        },
      ];
      assert.deepEqual(named.one("aws:route53/record:Record").inputs.aliases, aliases);
      assert.equal(named.one(types.ingress).inputs.fromPort, 80);
      assert.deepEqual((named.outputs as { apps: { shop: { urls: unknown } } }).apps.shop.urls, {
        "web:80": "http://shop.example.com",
      });
    });
  });

  describe("behind the load balancer", () => {
    const config = { ...SHARED, domain: "shop.example.com", services: { web: { scale: { min: 2, max: 6, cpu: 70 } } } };
    let made: Recorded;
    before(async () => (made = await record({ compose: web(), config })));

    it("is on the entry's own load balancer, by a rule on a host that nobody calls", () => {
      const all = options(made);
      const balancer = made.one("aws:lb/loadBalancer:LoadBalancer");
      assert.deepEqual(all["elasticbeanstalk:environment"], {
        EnvironmentType: "LoadBalanced",
        LoadBalancerType: "application",
        LoadBalancerIsShared: "true",
        ServiceRole: made.output(made.one("aws:iam/role:Role", "shop-service"), "arn"),
      });
      assert.deepEqual(all["elbv2:loadbalancer"], {
        SharedLoadBalancer: made.output(balancer, "arn"),
        SecurityGroups: made.output(made.one("aws:ec2/securityGroup:SecurityGroup", "platform-entry-alb"), "id"),
      });
      assert.deepEqual(all["elbv2:listener:443"], { Rules: "parking" });
      assert.deepEqual(all["elbv2:listenerrule:parking"], {
        HostHeaders: "default.shop.invalid",
        Priority: "1",
        Process: "default",
      });
      assert.ok(made.dependencyNames(made.one(types.environment)).includes("platform-entry-443"));
      assert.deepEqual(made.all("aws:lb/targetGroup:TargetGroup"), [], "the group is Beanstalk's");
    });

    it("gets its production rule from the entry, to Beanstalk's own group, once it is ready", () => {
      const rule = made.one(types.rule, "shop-shop.example.com");
      assert.deepEqual(rule.inputs.actions, [
        { type: "forward", targetGroupArn: { $lookup: "aws:autoscaling/getGroup:getGroup" } },
      ]);
      assert.ok(made.dependencyNames(rule).includes("shop-shared-443"));
      assert.ok((rule.inputs.priority as number) > 1000);
      assert.deepEqual(made.all(types.rule).length, 1, "the parking rule is Beanstalk's");
    });

    it("has a name of its own, so that it stands before a single instance goes", () => {
      assert.equal(made.one(types.environment, "shop-shared-443").inputs.name, "spectrum-dev-shop-shared-443");
    });

    it("is reached by the load balancer alone", () => {
      const balancer = made.one("aws:ec2/securityGroup:SecurityGroup", "platform-entry-alb");
      const group = made.one("aws:ec2/securityGroup:SecurityGroup", "shop-instances");
      const rules = made.all(types.ingress).filter(({ inputs }) => {
        const { $output } = inputs.securityGroupId as { $output: string };
        return $output === `${group.urn}.id`;
      });
      assert.deepEqual(
        rules.map(({ inputs }) => [inputs.fromPort, inputs.referencedSecurityGroupId]),
        [[8080, made.output(balancer, "id")]],
      );
      const out = made.one("aws:vpc/securityGroupEgressRule:SecurityGroupEgressRule", "platform-entry-alb-to-8080-tcp");
      assert.equal(out.inputs.toPort, 8080);
    });

    it("scales by cpu in percent, and is rolled with an additional batch", () => {
      const all = options(made);
      assert.deepEqual(all["autoscaling:asg"], { MinSize: "2", MaxSize: "6", Cooldown: "180" });
      assert.deepEqual(all["autoscaling:trigger"], {
        MeasureName: "CPUUtilization",
        Statistic: "Average",
        Unit: "Percent",
        Period: "1",
        EvaluationPeriods: "3",
        BreachDuration: "3",
        UpperThreshold: "70",
        UpperBreachScaleIncrement: "1",
        LowerThreshold: "35",
        LowerBreachScaleIncrement: "-1",
      });
      assert.deepEqual(all["elasticbeanstalk:command"], {
        DeploymentPolicy: "RollingWithAdditionalBatch",
        Timeout: "600",
        BatchSizeType: "Percentage",
        BatchSize: "50",
      });
      assert.deepEqual(all["autoscaling:updatepolicy:rollingupdate"], {
        RollingUpdateEnabled: "true",
        RollingUpdateType: "Health",
        MaxBatchSize: "3",
        MinInstancesInService: "1",
        Timeout: "PT10M",
      });
      assert.equal(made.one(types.environment).inputs.waitForReadyTimeout, "45m", "three batches and the machines");
    });

    it("is checked on the path of its own health check, and failing instances are replaced", async () => {
      const check = "healthcheck: { test: curl -f http://localhost/ok, interval: 20s, timeout: 4s, retries: 4 }";
      const checked = await record({ compose: web(check), config });
      assert.deepEqual(options(checked)["elasticbeanstalk:environment:process:default"], {
        Port: "8080",
        Protocol: "HTTP",
        HealthCheckPath: "/ok",
        HealthCheckInterval: "20",
        HealthCheckTimeout: "4",
        HealthyThresholdCount: "2",
        UnhealthyThresholdCount: "4",
        MatcherHTTPCode: "200-399",
        DeregistrationDelay: "30",
      });
      assert.ok(".ebextensions/health.config" in bundle(checked));
    });

    it("has a process for each published port, and a rule for each", async () => {
      const compose =
        'services:\n  web: { image: "nginx:1.29", ports: ["8080:80"] }\n  api: { image: "httpd:2.4", ports: ["9000:80"] }\n';
      const many = await record({ compose, config: SHARED });
      const all = options(many);
      assert.equal(all["elasticbeanstalk:environment:process:default"]?.Port, "8080");
      assert.equal(all["elasticbeanstalk:environment:process:port2"]?.Port, "9000");
      assert.deepEqual(all["elbv2:listener:8080"], { Rules: "parking" });
      assert.deepEqual(all["elbv2:listener:9000"], { Rules: "parkingport2" });
      assert.equal(all["elbv2:listenerrule:parkingport2"]?.Process, "port2");
      assert.equal(many.one(types.environment).name, "shop-shared-8080-9000");
      assert.equal(many.all(types.rule).length, 2);
    });

    it("takes scheduled actions, immutable deployments and another load balancer", async () => {
      const schedule = [{ at: "cron(0 7 ? * MON-FRI *)", min: 3, max: 9 }];
      const arn = "arn:aws:elasticloadbalancing:us-east-1:123456789012:loadbalancer/app/theirs/1";
      const more: Input = {
        compose: web(),
        config: {
          ...SHARED,
          deployment: { strategy: "blue-green" },
          services: { web: { scale: { max: 9, schedule } } },
        },
        platform: { loadBalancerArn: arn },
      };
      const other = await record(more);
      const all = options(other);
      assert.deepEqual(all["autoscaling:scheduledaction web1"], {
        MinSize: "3",
        MaxSize: "9",
        Recurrence: "0 7 * * 1-5",
      });
      assert.equal(all["elasticbeanstalk:command"]?.DeploymentPolicy, "Immutable");
      assert.equal(all["autoscaling:updatepolicy:rollingupdate"]?.RollingUpdateType, "Immutable");
      assert.equal(all["elbv2:loadbalancer"]?.SharedLoadBalancer, arn);
      assert.match(other.one(types.environment).name, /^shop-shared-8080-[0-9a-f]{6}$/u);
    });

    it("is in private subnets under nat", async () => {
      const place = async (egress: "public" | "nat") =>
        options(await record({ compose: web(), config: SHARED, platform: { egress } }))["ec2:vpc"];
      assert.equal((await place("nat"))?.AssociatePublicIpAddress, "false");
      assert.match(JSON.stringify((await place("nat"))?.Subnets), /private-1/u);
      assert.match(JSON.stringify((await place("public"))?.Subnets), /public-1/u);
      assert.match(JSON.stringify((await place("nat"))?.ELBSubnets), /public-1/u);
    });
  });

  describe("what its instances run", () => {
    it("is named by its content, whatever the environment", async () => {
      const keys = async (input: Input) => {
        const made = await record(input);
        const { key } = made.one(types.object).inputs;
        assert.equal(`shop/${made.one(types.version).inputs.name as string}.zip`, key);
        return key;
      };
      const same = await keys({ compose: web() });
      assert.equal(await keys({ compose: web() }), same);
      assert.equal(await keys({ compose: web(), config: { beanstalk: { diskSize: 20 } } }), same);
      assert.notEqual(await keys({ compose: web("user: '1'") }), same);
      assert.notEqual(
        await keys({ compose: web("build: web") }),
        await keys({ compose: web("build: { context: backend, target: api }") }),
      );
    });

    it("pulls from its own repositories, and logs in by name where the config says so", async () => {
      const made = await record({ compose: web("build: web") });
      const repository = made.one("aws:ecr/repository:Repository");
      const pull = statements(made, "shop-instance").find(({ Action }) => Action.includes("ecr:BatchGetImage"));
      assert.deepEqual(pull?.Resource, [made.output(repository, "arn")]);
      const registries = { "ghcr.io": { username: "u", password: "P", cache: false } };
      const compose = web().replace("nginx:1.29", "ghcr.io/a/b:1");
      const platform = { registries };
      const login = await record({ compose, platform });
      const script = bundle(login)[".platform/hooks/prebuild/10-registries.sh"]?.text as { $output: string };
      assert.match(script.$output, /^login '\$\{.*\.arn\}' ghcr\.io$/mu);
      const secret = statements(login, "shop-instance").find(({ Action }) =>
        Action.includes("secretsmanager:GetSecretValue"),
      );
      assert.equal(secret?.Resource.length, 1);
    });

    it("has secrets by reference: in the properties, and read by its role alone", async () => {
      const compose = web(
        "environment: { A: '${KEY}', B: 'x-${KEY}' }\nsecrets: [file]",
        "secrets:\n  file: { environment: KEY }\n",
      );
      const made = await record({ compose, secrets: ["KEY"] });
      const properties = options(made)["elasticbeanstalk:application:environmentsecrets"] ?? {};
      const parameters = made.all("aws:ssm/parameter:Parameter");
      assert.ok(Object.keys(properties).length > 0);
      for (const value of Object.values(properties))
        assert.ok(parameters.some((p) => JSON.stringify(value) === JSON.stringify(made.output(p, "arn"))));
      const read = statements(made, "shop-instance").find(({ Action }) => Action.includes("ssm:GetParameters"));
      assert.equal(read?.Resource.length, parameters.length);
      const others = made.resources.filter(({ type }) => type !== "aws:ssm/parameter:Parameter");
      assert.doesNotMatch(JSON.stringify(others.map(({ inputs }) => inputs)), /\$secret/u);
    });

    it("has its volumes on EFS, mounted by its role, and one writer", async () => {
      const made = await record({ compose: web(...VOLUME), config: SHARED });
      const script = bundle(made)[".platform/hooks/prebuild/20-volumes.sh"]?.text as { $output: string };
      assert.match(script.$output, /tls,iam,accesspoint=\$3/u);
      assert.match(script.$output, /^mount_volume \/mnt\/spectrum\/volumes\/data \$\{.*\} \$\{.*\}$/mu);
      const mount = statements(made, "shop-instance").find(({ Action }) =>
        Action.includes("elasticfilesystem:ClientMount"),
      );
      assert.deepEqual(mount?.Resource, [made.output(made.one("aws:efs/fileSystem:FileSystem"), "arn")]);
      const rule = made.one(types.ingress, "shop-volumes");
      assert.deepEqual(
        rule.inputs.referencedSecurityGroupId,
        made.output(made.one("aws:ec2/securityGroup:SecurityGroup", "shop-instances"), "id"),
      );
      const all = options(made);
      assert.deepEqual(
        [all["autoscaling:asg"]?.MaxSize, all["elasticbeanstalk:command"]?.DeploymentPolicy],
        ["1", "AllAtOnce"],
      );
      assert.equal(all["autoscaling:updatepolicy:rollingupdate"]?.RollingUpdateEnabled, "false");
    });

    it("leaves services without a copy out", async () => {
      const made = await record({ compose: web("", "  none: { image: a, deploy: { replicas: 0 } }\n") });
      const same = await record({ compose: web() });
      assert.equal(made.one(types.object).inputs.key, same.one(types.object).inputs.key);
    });

    it("has a shell where that is asked for, and the policies that the services name", async () => {
      const policies = [
        "arn:aws:iam::aws:policy/ReadOnlyAccess",
        { actions: ["s3:GetObject"], resources: ["arn:aws:s3:::a/*"] },
      ];
      const made = await record({
        compose: web(),
        config: { beanstalk: { exec: true }, services: { web: { policies } } },
      });
      const attached = made.all("aws:iam/rolePolicyAttachment:RolePolicyAttachment").map(({ name }) => name);
      assert.ok(attached.includes("shop-instance-AmazonSSMManagedInstanceCore"));
      assert.ok(attached.includes("shop-instance-ReadOnlyAccess"));
      assert.ok(
        statements(made, "shop-instance").some(({ Action }) => Action.includes("s3:GetObject") && Action.length === 1),
      );
    });
  });

  it("opens the port that a container on the instance's own network listens on", async () => {
    const made = await record({ compose: web("network_mode: host") });
    assert.deepEqual(
      made.all(types.ingress).map(({ inputs }) => inputs.fromPort),
      [80],
    );
    const shared = await record({ compose: web("network_mode: host"), config: SHARED });
    assert.equal(options(shared)["elasticbeanstalk:environment:process:default"]?.Port, "80");
  });

  it("runs on arm64 where the platform says so", async () => {
    const made = await record({ compose: web("platform: linux/arm64") });
    assert.deepEqual(options(made)["ec2:instances"], {
      InstanceTypes: "t4g.micro",
      SupportedArchitectures: "arm64",
      EnableSpot: "false",
    });
  });

  it("keeps names within AWS's limits", async () => {
    const made = await record({ compose: `name: ${"long".repeat(30)}\n${web()}`, ownName: true, config: SHARED });
    const text = (type: string) => made.one(type).inputs.name as string;
    assert.match(text(types.environment), /^[a-z0-9](?:[a-z0-9-]{2,38})[a-z0-9]$/u);
    assert.ok(text(types.application).length <= 100);
  });

  for (const preview of [false, true]) {
    it(`gives the entry its endpoints ${preview ? "in a preview, unknown" : "when it is up"}`, async () => {
      const group = (name: string) =>
        `arn:aws:elasticloadbalancing:us-east-1:1:targetgroup/awseb-${name}-1T75SCD09HAAM/1`;
      const calls = {
        "aws:index/getCallerIdentity:getCallerIdentity": { accountId: "123456789012" },
        "aws:elasticbeanstalk/getSolutionStack:getSolutionStack": {
          name: "64bit Amazon Linux 2023 v4.13.8 running Docker",
        },
        "aws:autoscaling/getGroup:getGroup": { targetGroupArns: [group("port2"), group("AWSEB")] },
        "aws:ec2/getVpc:getVpc": { id: "vpc-0a", cidrBlock: "10.0.0.0/16" },
        "aws:ec2/getSubnets:getSubnets": { ids: ["subnet-a"] },
        "aws:index/getAvailabilityZones:getAvailabilityZones": { names: ["us-east-1a", "us-east-1b"] },
      };
      const groups = preview ? {} : { autoscalingGroups: ["awseb-e-1-stack-AWSEBAutoScalingGroup"] };
      const outputs = { [types.environment]: () => groups };
      const mocks = await useMocks({ calls, outputs, preview });
      const compose =
        'services:\n  web: { image: "nginx:1.29", ports: ["8080:80"] }\n  api: { image: "httpd:2.4", ports: ["9000:80"] }\n';
      host({ compose, config: SHARED, platform: { vpcId: "vpc-0a" } });
      await mocks.settled();
      const forwards = mocks.all(types.rule).map(({ name, inputs }) => {
        const { targetGroupArn } = (inputs.actions as { targetGroupArn: unknown }[])[0] ?? {};
        return [name, typeof targetGroupArn === "string" ? targetGroupArn : "unknown"];
      });
      assert.deepEqual(
        Object.fromEntries(forwards),
        preview
          ? { "shop-8080": "unknown", "shop-9000": "unknown" }
          : { "shop-8080": group("AWSEB"), "shop-9000": group("port2") },
      );
    });
  }
});
