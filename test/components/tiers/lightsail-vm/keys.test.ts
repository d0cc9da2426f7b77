import { lightsailVm } from "../../../../components/tiers/lightsail-vm";
import { keyTable } from "../../../../components/tiers/lightsail-vm/keys";
import { testKeys } from "../../../support/keys-hold";
import { onTier } from "../../../support/on-tier";
import { keyCases } from "./key-cases";

testKeys({ title: "a machine of one's own", tier: onTier(lightsailVm), table: keyTable, cases: keyCases });
