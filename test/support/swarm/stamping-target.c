/*
 * A Socket.IO server whose own times are exact: it never sleeps while a client is connected, and stamps the moments at
 * which a message's bytes arrive and the answer's bytes leave. Node.js as the server would add its own wake-up and parsing
 * to what the load generator measures, and could not tell how much. Engine.IO 4 over WebSocket and polling; each event is
 * acknowledged, or sent back as "said". GET /times answers with the times of all messages since the last such request, as
 * JSON, in microseconds. Prints its port. Not a server for anything else: requests are trusted.
 */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <fcntl.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

enum { MAX_CONNECTIONS = 1024, MAX_SESSIONS = 1 << 14, MAX_MESSAGES = 1 << 20, MAX_TEXT = 1 << 16 };

typedef struct {
	int fd;
	int is_websocket;
	int length;
	char *buffer;
} Connection;

/* A polling session: its held GET, or the packets that wait for one. */
typedef struct {
	Connection *held;
	int length;
	double arrived;
	char *queue;
} Session;

static Connection connections[MAX_CONNECTIONS];
static struct pollfd polled[MAX_CONNECTIONS + 1];
static Session sessions[MAX_SESSIONS];
static int connection_count, session_count, time_count;
static double times[MAX_MESSAGES];

static double now(void) {
	struct timespec at;
	clock_gettime(CLOCK_MONOTONIC, &at);
	return at.tv_sec * 1e6 + at.tv_nsec / 1e3;
}

static void send_all(int fd, const char *bytes, int length) {
	for (int sent = 0, one; sent < length; sent += one) {
		one = write(fd, bytes + sent, length - sent);
		if (one < 0) one = 0;
	}
}

static void record(double arrived) {
	if (arrived > 0 && time_count < MAX_MESSAGES) times[time_count++] = now() - arrived;
}

/* RFC 6455, section 4.2.2: the base64 of the SHA-1 of key and GUID, by OpenSSL's command once per connection. */
static void accept_key(const char *key, char *answer) {
	char command[256];
	snprintf(command, sizeof command,
		"printf %%s '%s258EAFA5-E914-47DA-95CA-C5AB0DC85B11' | openssl sha1 -binary | openssl base64", key);
	FILE *pipe = popen(command, "r");
	if (fgets(answer, 64, pipe) == NULL) exit(1);
	answer[strcspn(answer, "\n")] = 0;
	pclose(pipe);
}

static void send_frame(int fd, const char *text, int length) {
	char frame[MAX_TEXT + 4];
	int head = 2;
	frame[0] = (char)0x81;
	frame[1] = (char)(length < 126 ? length : 126);
	if (length >= 126) {
		frame[2] = (char)(length >> 8);
		frame[3] = (char)length;
		head = 4;
	}
	memcpy(frame + head, text, length);
	send_all(fd, frame, head + length);
}

static void send_response(int fd, const char *body, int length) {
	char response[MAX_TEXT + 256];
	int head = snprintf(response, 256, "HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nContent-Length: %d\r\n\r\n", length);
	memcpy(response + head, body, length);
	send_all(fd, response, head + length);
}

static void send_times(int fd) {
	char *body = malloc(time_count * 12 + 2), *end = body;
	end += sprintf(end, "[");
	for (int i = 0; i < time_count; i++) end += sprintf(end, "%s%.1f", i == 0 ? "" : ",", times[i]);
	end += sprintf(end, "]");
	dprintf(fd, "HTTP/1.1 200 OK\r\nContent-Length: %d\r\nConnection: close\r\n\r\n", (int)(end - body));
	send_all(fd, body, end - body);
	free(body);
	time_count = 0;
}

/* The answer to a Socket.IO packet in a text; its length, 0 = none. */
static int answer(const char *packet, int length, char *text) {
	if (strncmp(packet, "40", 2) == 0) return sprintf(text, "40{\"sid\":\"s\"}");
	if (strncmp(packet, "42", 2) != 0) return 0;
	const char *list = memchr(packet, '[', length);
	int digits = list - packet - 2;
	if (digits > 0) return sprintf(text, "43%.*s[1]", digits, packet + 2);
	const char *rest = memchr(list, ',', length - (list - packet));
	return sprintf(text, "42[\"said\"%.*s", (int)(packet + length - rest), rest);
}

static void take_frames(Connection *one, double arrived) {
	unsigned char *at = (unsigned char *)one->buffer;
	while (one->length >= 6) {
		int length = at[1] & 127, head = length == 126 ? 8 : 6;
		if (length == 126) length = at[2] << 8 | at[3];
		if (one->length < head + length) break;
		char packet[MAX_TEXT], text[MAX_TEXT];
		for (int i = 0; i < length; i++) packet[i] = at[head + i] ^ at[head - 4 + i % 4];
		packet[length] = 0;
		int answered = (at[0] & 15) == 1 ? answer(packet, length, text) : 0;
		if (answered > 0 && packet[1] == '2') record(arrived);
		if (answered > 0) send_frame(one->fd, text, answered);
		at += head + length;
		one->length -= head + length;
	}
	memmove(one->buffer, at, one->length);
}

static void release_poll(Session *session) {
	if (session->held == NULL || session->length == 0) return;
	record(session->arrived);
	send_response(session->held->fd, session->queue, session->length);
	session->held = NULL;
	session->length = 0;
	session->arrived = 0;
}

/* Packets of a payload are separated by RS (Engine.IO protocol 4, "Packet encoding"). */
static void take_payload(Session *session, char *body, double arrived) {
	for (char *packet = strtok(body, "\x1e"); packet != NULL; packet = strtok(NULL, "\x1e")) {
		char text[MAX_TEXT];
		int length = answer(packet, strlen(packet), text);
		if (length == 0) continue;
		if (session->length > 0) session->queue[session->length++] = '\x1e';
		memcpy(session->queue + session->length, text, length);
		session->length += length;
		if (packet[1] == '2' && session->arrived == 0) session->arrived = arrived;
	}
}

static void take_request(Connection *one, char *body, double arrived) {
	char *sid = strstr(one->buffer, "sid="), *key = strcasestr(one->buffer, "sec-websocket-key: ");
	Session *session = sid != NULL && sid < body ? &sessions[atoi(sid + 4)] : NULL;
	char open[128];
	if (session == NULL) {
		sprintf(open, "0{\"sid\":\"%d\",\"upgrades\":[],\"pingInterval\":300000,\"pingTimeout\":300000,\"maxPayload\":65000}", session_count);
	}
	if (strncmp(one->buffer, "GET /times", 10) == 0) {
		send_times(one->fd);
	} else if (key != NULL) {
		char hash[64], name[64];
		sscanf(key + 19, "%63[A-Za-z0-9+/=]", name);
		accept_key(name, hash);
		dprintf(one->fd, "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: %s\r\n\r\n", hash);
		one->is_websocket = 1;
		send_frame(one->fd, open, strlen(open));
	} else if (session == NULL) {
		if (session_count == MAX_SESSIONS) exit(1);
		sessions[session_count++].queue = malloc(MAX_TEXT);
		send_response(one->fd, open, strlen(open));
	} else if (strncmp(one->buffer, "GET", 3) == 0) {
		session->held = one;
		release_poll(session);
	} else {
		take_payload(session, body, arrived);
		release_poll(session);
		send_response(one->fd, "ok", 2);
	}
}

static void take_requests(Connection *one, double arrived) {
	for (char *end; !one->is_websocket && (end = strstr(one->buffer, "\r\n\r\n")) != NULL;) {
		char *body = end + 4, *head = strcasestr(one->buffer, "content-length: ");
		int length = head != NULL && head < end ? atoi(head + 16) : 0, whole = body + length - one->buffer;
		if (one->length < whole) return;
		char after = body[length];
		body[length] = 0;
		take_request(one, body, arrived);
		body[length] = after;
		one->length -= whole;
		memmove(one->buffer, one->buffer + whole, one->length + 1);
	}
}

static void accept_connection(int listener) {
	int fd = accept(listener, NULL, NULL), yes = 1, i = 0;
	while (i < connection_count && polled[i + 1].fd >= 0) i++;
	if (fd < 0 || i == MAX_CONNECTIONS) exit(1);
	setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &yes, sizeof yes);
	if (i == connection_count) connections[connection_count++].buffer = malloc(MAX_TEXT);
	connections[i] = (Connection){.fd = fd, .buffer = connections[i].buffer};
	polled[i + 1] = (struct pollfd){.fd = fd, .events = POLLIN};
}

static void read_connection(int i) {
	Connection *one = &connections[i];
	int length = read(one->fd, one->buffer + one->length, MAX_TEXT - 1 - one->length);
	double arrived = now();
	if (length <= 0) {
		for (int s = 0; s < session_count; s++) if (sessions[s].held == one) sessions[s].held = NULL;
		close(one->fd);
		polled[i + 1].fd = -1;
		return;
	}
	one->length += length;
	one->buffer[one->length] = 0;
	if (one->is_websocket) take_frames(one, arrived);
	else take_requests(one, arrived);
}

int main(void) {
	struct sockaddr_in address = {.sin_family = AF_INET, .sin_addr = {htonl(INADDR_LOOPBACK)}};
	socklen_t size = sizeof address;
	int listener = socket(AF_INET, SOCK_STREAM, 0);
	if (bind(listener, (struct sockaddr *)&address, size) < 0 || listen(listener, 511) < 0) return 1;
	getsockname(listener, (struct sockaddr *)&address, &size);
	printf("%d\n", ntohs(address.sin_port));
	fflush(stdout);
	polled[0] = (struct pollfd){.fd = listener, .events = POLLIN};
	for (;;) {
		int is_idle = 1;
		for (int i = 1; i <= connection_count; i++) if (polled[i].fd >= 0) is_idle = 0;
		if (poll(polled, connection_count + 1, is_idle ? -1 : 0) <= 0) continue;
		if (polled[0].revents != 0) accept_connection(listener);
		for (int i = 0; i < connection_count; i++) if (polled[i + 1].fd >= 0 && polled[i + 1].revents != 0) read_connection(i);
	}
}
