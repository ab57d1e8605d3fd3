import { behaviour } from "../behaviour.ts";
import { edgeOverThree } from "../support/behaviour/targets.ts";

behaviour("the edge in front of three nodes", edgeOverThree);
