/**
 * Handshakes as real servers sent them, recorded byte for byte in November 2026 with Accept-Encoding: identity. Each
 * character is one byte.
 */

export interface RecordedHandshake {
	readonly from: string;
	readonly body: string;
	/** Session id, and the body with "d0N" before it and the length that then is right. */
	readonly sid: string;
	readonly tagged: string;
}

const recorded = (
	from: string,
	body: string,
	sid: string,
	lengths: readonly [string, string] = ["", ""],
) => ({
	from,
	body,
	sid,
	tagged: body.replace(lengths[0], () => lengths[1]).replace(sid, () => `d0N${sid}`),
});

export const RECORDED: readonly RecordedHandshake[] = [
	recorded(
		"Socket.IO 1.7.4, binary framing",
		'\x00\x09\x07\xff0{"sid":"BnMdxE3WlBz1qnA0AAAA","upgrades":["websocket"],"pingInterval":25000,"pingTimeout":60000}',
		"BnMdxE3WlBz1qnA0AAAA",
		["\x00\x09\x07\xff", "\x00\x01\x00\x00\xff"],
	),
	recorded(
		"Socket.IO 1.7.4 with b64=1",
		'97:0{"sid":"BvJfMyEQ85EU5KjjAAAD","upgrades":["websocket"],"pingInterval":25000,"pingTimeout":60000}',
		"BvJfMyEQ85EU5KjjAAAD",
		["97:", "100:"],
	),
	recorded(
		"Socket.IO 2.5.1, with its connect packet",
		'97:0{"sid":"RrZt5o3UQX-dp7u5AAAA","upgrades":["websocket"],"pingInterval":25000,"pingTimeout":20000}2:40',
		"RrZt5o3UQX-dp7u5AAAA",
		["97:", "100:"],
	),
	recorded(
		"Socket.IO 2.5.1, JSONP",
		'___eio[0]("97:0{\\"sid\\":\\"hJf9N_Rl3x3ksZEXAAAE\\",\\"upgrades\\":[\\"websocket\\"],\\"pingInterval\\":25000,\\"pingTimeout\\":20000}2:40");',
		"hJf9N_Rl3x3ksZEXAAAE",
		["97:", "100:"],
	),
	recorded(
		"Socket.IO 3.1.2",
		'0{"sid":"tFvOM7zsJbyX1vqqAAAG","upgrades":["websocket"],"pingInterval":25000,"pingTimeout":5000}',
		"tFvOM7zsJbyX1vqqAAAG",
	),
	recorded(
		"Socket.IO 3.1.2 with EIO=3",
		'96:0{"sid":"tXIeRKx3RPRqOx_NAAAA","upgrades":["websocket"],"pingInterval":25000,"pingTimeout":5000}',
		"tXIeRKx3RPRqOx_NAAAA",
		["96:", "99:"],
	),
	recorded(
		"Socket.IO 4.8.4",
		'0{"sid":"QtjXTNJ_WKFlgx10AAAG","upgrades":["websocket"],"pingInterval":25000,"pingTimeout":20000,"maxPayload":1000000}',
		"QtjXTNJ_WKFlgx10AAAG",
	),
	recorded(
		"Socket.IO 4.8.4, JSONP, with a binary initialPacket",
		'___eio[7]("0{\\"sid\\":\\"ih8fc3qtASCV7NYrAAAE\\",\\"upgrades\\":[\\"websocket\\"],\\"pingInterval\\":25000,\\"pingTimeout\\":20000,\\"maxPayload\\":1000000}\\u001eb/wCAwyg=");',
		"ih8fc3qtASCV7NYrAAAE",
	),
	recorded(
		"Socket.IO 4.8.4 with EIO=3 and a binary initialPacket: binary framing, and bytes that are not UTF-8",
		'\x00\x01\x01\x08\xff0{"sid":"xXbnIGP3ZxPOKJneAAAA","upgrades":["websocket"],"pingInterval":25000,"pingTimeout":20000,"maxPayload":1000000}\x01\x06\xff\x04\xff\x00\x80\xc3(',
		"xXbnIGP3ZxPOKJneAAAA",
		["\x00\x01\x01\x08\xff", "\x00\x01\x02\x01\xff"],
	),
	recorded(
		"netty-socketio 1.7.19, binary framing",
		'\x00\x01\x01\x03\xff0{"sid":"46c6bff1-7de3-4694-985b-4873dc253db2","upgrades":["websocket"],"pingInterval":25000,"pingTimeout":60000}',
		"46c6bff1-7de3-4694-985b-4873dc253db2",
		["\x00\x01\x01\x03\xff", "\x00\x01\x01\x06\xff"],
	),
	recorded(
		"netty-socketio 1.7.19, JSONP with b64=1",
		'___eio[0](\'113:0{"sid":"28cc2e1d-55b4-459b-99bd-fabc70ef7e8e","upgrades":["websocket"],"pingInterval":25000,"pingTimeout":60000}\');',
		"28cc2e1d-55b4-459b-99bd-fabc70ef7e8e",
		["113:", "116:"],
	),
	recorded(
		"netty-socketio 2.0.12 with EIO=4",
		'0{"sid":"02b11c5b-98a8-4e86-9169-1a5dfea2b094","upgrades":["websocket"],"pingInterval":25000,"pingTimeout":60000}',
		"02b11c5b-98a8-4e86-9169-1a5dfea2b094",
	),
	recorded(
		"python-engineio 3.14.2, binary framing",
		'\x00\x09\x08\xff0{"sid":"dd4942caf9ad4aee83a258b4fcdf38ec","upgrades":[],"pingTimeout":60000,"pingInterval":25000}',
		"dd4942caf9ad4aee83a258b4fcdf38ec",
		["\x00\x09\x08\xff", "\x00\x01\x00\x01\xff"],
	),
	recorded(
		"python-engineio 3.14.2, binary framing in JSONP",
		'___eio[0]("\x00\x09\x08\xff0{\\"sid\\":\\"51583d75f20346019722f92a780c36d3\\",\\"upgrades\\":[],\\"pingTimeout\\":60000,\\"pingInterval\\":25000}");',
		"51583d75f20346019722f92a780c36d3",
		["\x00\x09\x08\xff", "\x00\x01\x00\x01\xff"],
	),
	recorded(
		"python-engineio 4.15.1, with a message in UTF-8",
		'0{"sid":"o37Pt2arTDRaecb9AAAA","upgrades":["websocket"],"pingTimeout":20000,"pingInterval":25000,"maxPayload":1000000}\x1e4\xc3\xa9\xe2\x82\xac\xf0\x9f\x98\x80',
		"o37Pt2arTDRaecb9AAAA",
	),
	recorded(
		"python-engineio 4.15.1, JSONP",
		'___eio[0]("0{\\"sid\\":\\"hX5MHdrFmXdUx8dzAAAE\\",\\"upgrades\\":[\\"websocket\\"],\\"pingTimeout\\":20000,\\"pingInterval\\":25000,\\"maxPayload\\":1000000}\x1e4\xc3\xa9\xe2\x82\xac\xf0\x9f\x98\x80");',
		"hX5MHdrFmXdUx8dzAAAE",
	),
];

/** Handshakes of Socket.IO 2.5.1 and netty-socketio 1.7.19 with Content-Encoding: deflate, as base64, and their text with the tag. */
export const RECORDED_DEFLATE: readonly (readonly [from: string, base64: string, tagged: string])[] = [
	[
		"Socket.IO 2.5.1",
		"eJyzNLcyqFYqzkxRslIy9c3M0jUryMw3KvT1MMhxd3R0dFbSUSotSC9KTEktVrKKVipPTSrOT85OLVGK1VEqyMxL98wrSS0qS8xRsjIyNTAwgAiGZOam5peWKFkZGRgYGNQaWZkYAAChyiBT",
		'100:0{"sid":"d0N5Mij-6pio2qMH0lGAAAC","upgrades":["websocket"],"pingInterval":25000,"pingTimeout":20000}2:40',
	],
	[
		"netty-socketio 1.7.19",
		"eJwkyEEOgjAQBVCJN/lrmgxIbac3cM/OuChlII0KhBZdGM+uJr7l2xXF/kMvpNjDwRg9WMNWhUM1qEZCpZilU2Ibr8UwBWGU2JZx9b0kuDOe0qU5XCXjUmKJ03iasqwPf4OrNRH9s413mbcMd/wVvb8AAAD//wMA0vsjXQ==",
		'\x00\x01\x01\x06\xff0{"sid":"d0N775f8798-c31f-4ec1-99eb-e84a5e790ce9","upgrades":["websocket"],"pingInterval":25000,"pingTimeout":60000}',
	],
];

export function bytesOf(text: string): Uint8Array<ArrayBuffer> {
	return Uint8Array.from(text, (character) => character.charCodeAt(0));
}

export function textOf(bytes: Uint8Array): string {
	return Array.from(bytes, (byte) => String.fromCharCode(byte)).join("");
}
