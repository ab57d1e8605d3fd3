import { behaviour } from "../behaviour.ts";
import { oneNode } from "../support/behaviour/targets.ts";

behaviour("one node", oneNode);
