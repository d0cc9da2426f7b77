import { beanstalk } from "../../../../components/tiers/beanstalk";
import { beanstalkKeys } from "../../../../components/tiers/beanstalk/keys";
import { testKeys } from "../../../support/keys-hold";
import { onTier } from "../../../support/on-tier";
import { keyCases } from "./key-cases";

testKeys({
  title: "Beanstalk",
  tier: onTier(beanstalk),
  table: beanstalkKeys,
  cases: keyCases,
  elsewhere: ["volumes.*.driver"], // the same driver under each name; another one is refused
});
