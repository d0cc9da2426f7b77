import { anywhereKeys } from "../../../../components/tiers/ecs-anywhere/keys";
import { testKeys } from "../../../support/keys-hold";
import { keyCases } from "./key-cases";
import { anywhere } from "./support";

testKeys({ title: "ECS Anywhere", tier: anywhere, table: anywhereKeys, cases: keyCases });
