import { behaviour } from "../behaviour.ts";
import { clusterOfThree } from "../support/targets.ts";

behaviour("a cluster of three nodes, each at its own address", clusterOfThree);
