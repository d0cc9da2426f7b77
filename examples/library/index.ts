/**
 * Another team's Pulumi program, which hosts the shop beside resources of its own. It reads the Compose file first, and takes the
 * tier that its own config names.
 */
import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import { Environment, readCompose, tierNames, tiers } from "spectrum";

const config = new pulumi.Config("orders");
const compose = "examples/shop/compose.yaml";

// the Compose file as a value: what it has, before anything is made
const { app } = readCompose({ files: [compose], variables: { DB_PASSWORD: "" } });
const hasQueue = "worker" in app.services;

// the switch, checked against the tiers that there are
const wanted = config.get("tier") ?? "fargate";
const tier = tierNames.find((name) => name === wanted);
if (!tier) throw new pulumi.RunError(`orders:tier: got ${wanted}; allowed: ${tierNames.join(", ")}`);
void pulumi.log.info(`the shop runs on ${tiers[tier].title}`);

// a resource of the program's own, made beside the environment
const events = new aws.sns.Topic("orders");

const environment = new Environment(
  pulumi.getStack(),
  {
    region: "us-east-1",
    tier,
    tags: { team: "orders" },
    apps: {
      shop: {
        compose,
        data: "delete",
        services: hasQueue
          ? { worker: { policies: [{ actions: ["s3:ListBucket"], resources: ["arn:aws:s3:::orders"] }] } }
          : {},
      },
    },
    secrets: { shop: { DB_PASSWORD: config.requireSecret("databasePassword") } },
  },
  { protect: false },
);

export const urls = environment.apps.shop?.urls;
export const images = environment.deployed.shop?.images;
export const topic = events.arn;
