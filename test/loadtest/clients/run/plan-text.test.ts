import { expect, test } from "vitest";
import { describePlan } from "../../../../loadtest/clients/run/plan-text.ts";
import { type PlanOptions, planFrom } from "../../../../loadtest/plan/plan.ts";

const both = "a=http://a,b=http://b";

test.each<[string, PlanOptions, number, string[]]>([
	[
		"an echo by default",
		{},
		1,
		[
			"plan: 150 sessions in 3 load groups (polling target, websocket target, upgrade target), opened 100 a second; transports that the target does not offer are left out.",
			"plan: 3,300 messages of 100 bytes, 100 a second, in 6 slots of 5 s after 0.5 s of warm-up.",
			"plan: 38.1 s in all (5.1 s of opening), and up to 10.5 s more after each slot for late answers; 1 worker process.",
		],
	],
	[
		"one load group, with --require and a message of its own, in a series",
		{
			transports: ["websocket"],
			require: true,
			message: '{"n":{n}}',
			clients: 1,
			rate: 0.5,
			processes: 2,
			warmup: 0,
		},
		5,
		[
			"plan: 1 session in 1 load group (websocket target), opened 100 a second.",
			"plan: 15 messages, 0.5 a second, in 1 slot of 30 s.",
			"plan: 5 runs of 31.2 s in all (1.2 s of opening), and up to 10.5 s more after each slot for late answers; 2 worker processes.",
		],
	],
	[
		"two paths, on one of three machines, with --start-at",
		{
			...{
				paths: both,
				transports: ["polling"],
				clients: 10,
				rate: 60,
				connectRate: 2,
				duration: 8,
			},
			...{ machine: { number: 1, of: 3 }, startAt: 2e9, ackTimeout: 2, warmup: 1 },
		},
		1,
		[
			"plan: 8 sessions of 20 (machine 1/3) in 2 load groups (polling a, polling b), opened 2 a second; transports that the target does not offer are left out.",
			"plan: 288 messages of 100 bytes, 24 a second, in 4 slots of 2 s after 1 s of warm-up.",
			"plan: 31.9 s in all (12.4 s of opening); measurement begins at 2033-05-18T03:33:20.000Z; 1 worker process.",
		],
	],
	[
		"a fan-out",
		{ scenario: "fanout", duration: 10 },
		1,
		[
			"plan: 200 sessions in 1 load group (websocket target), opened 100 a second.",
			"plan: 105 messages of 100 bytes, 10 a second, each to 199 subscribers, in 1 slot of 10 s after 0.5 s of warm-up.",
			"plan: 13.7 s in all (3.2 s of opening), and up to 10.5 s more after each slot for late answers; 2 worker processes.",
		],
	],
	[
		"a ramp, of which a machine opens its share",
		{ scenario: "ramp", transports: ["websocket"], connectRate: 400, machine: { number: 2, of: 2 } },
		1,
		[
			"plan: 3,000 sessions of 6,000 (machine 2/2) in 1 load group (websocket target), opened faster and faster, up to 400 a second, and closed at once.",
			"plan: 1 slot of 30 s.",
			"plan: 30 s in all (0 s of opening), and up to 20.5 s more after each slot for sessions that are slow to open; 1 worker process.",
		],
	],
	[
		"a storm",
		{ scenario: "storm", cut: "graceful" },
		1,
		[
			"plan: 50 sessions in 1 load group (websocket target), opened 100 a second.",
			"plan: all sessions are cut (graceful) once in each slot, in 1 slot of 20 s after 0.5 s of warm-up.",
			"plan: 22.2 s in all (1.7 s of opening); 1 worker process.",
		],
	],
	[
		"a chaos",
		{ scenario: "chaos", chaosRun: "kill 1", chaosAt: 7 },
		1,
		[
			"plan: 50 sessions in 1 load group (websocket target), opened 100 a second.",
			"plan: 2,050 messages of 100 bytes, 100 a second, in 1 slot of 20 s after 0.5 s of warm-up; --chaos-run at second 7.",
			"plan: 22.2 s in all (1.7 s of opening), and up to 10.5 s more after each slot for late answers; 1 worker process.",
		],
	],
	[
		"sessions that listen",
		{ scenario: "listen", hear: "tick" },
		1,
		[
			"plan: 50 sessions in 1 load group (websocket target), opened 100 a second.",
			'plan: no messages: the sessions hear "tick", in 1 slot of 30 s after 0.5 s of warm-up.',
			"plan: 32.2 s in all (1.7 s of opening); 1 worker process.",
		],
	],
])("the plan of %s is told in three lines", (_, options, runs, lines) => {
	const plan = planFrom({ ...(options.paths === undefined && { url: "http://target" }), ...options });
	expect(describePlan({ ...plan, processes: Math.min(plan.processes, 2) }, runs).split("\n")).toEqual(lines);
});
