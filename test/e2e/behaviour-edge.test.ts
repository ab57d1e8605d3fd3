import { describeBehaviour } from "../behaviour.ts";
import { edgeOverThree } from "../support/behaviour/targets.ts";

describeBehaviour("through the edge in front of three nodes", edgeOverThree);
