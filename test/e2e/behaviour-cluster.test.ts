import { behaviour } from "../behaviour.ts";
import { clusterOfThree } from "../support/behaviour/targets.ts";

behaviour("a cluster of three nodes, each at its own address", clusterOfThree);
