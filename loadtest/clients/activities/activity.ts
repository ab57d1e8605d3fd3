/** What clients do in a slot, by name. */
import type { Activity } from "../../plan/scenario.ts";
import { echo } from "./echo.ts";
import { fanout } from "./fanout.ts";
import { idle } from "./idle.ts";
import { ramp } from "./ramp.ts";
import { storm } from "./storm.ts";
import type { Work } from "./work.ts";

/** Each activity's function; it returns when its slot is over and drained. */
export const ACTIVITY: Readonly<Record<Activity, (work: Work) => Promise<void>>> = {
	echo,
	fanout,
	ramp,
	storm,
	idle,
};
