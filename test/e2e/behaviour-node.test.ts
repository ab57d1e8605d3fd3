import { behaviour } from "../behaviour.ts";
import { oneNode } from "../support/targets.ts";

behaviour("one node", oneNode);
