import { describeBehaviour } from "../behaviour.ts";
import { clusterOfThree } from "../support/behaviour/targets.ts";

describeBehaviour("through a cluster of three nodes, each at its own address", clusterOfThree);
