import { describeBehaviour } from "../behaviour.ts";
import { oneNode } from "../support/behaviour/targets.ts";

describeBehaviour("through one node", oneNode);
