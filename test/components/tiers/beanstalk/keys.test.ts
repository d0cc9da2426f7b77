import { beanstalk } from "../../../../components/tiers/beanstalk";
import { beanstalkKeys } from "../../../../components/tiers/beanstalk/keys";
import { testKeys } from "../../../support/key-tests";
import { keyCases } from "./key-cases";

describe("each key that Beanstalk keeps or changes", () => {
  testKeys({
    tier: beanstalk,
    table: beanstalkKeys,
    cases: keyCases,
    elsewhere: [
      "configs.*.external.name",
      "secrets.*.external.name",
      "volumes.*.external.name",
      // its value is a secret, which no plan shows; the test of secrets' sources reads it
      "secrets.*.file",
      // the same driver under each name; another one is refused
      "volumes.*.driver",
    ],
  });
});
