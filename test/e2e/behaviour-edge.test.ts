import { behaviour } from "../behaviour.ts";
import { edgeOverThree } from "../support/targets.ts";

behaviour("the edge in front of three nodes", edgeOverThree);
