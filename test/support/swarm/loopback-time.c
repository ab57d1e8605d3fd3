/*
 * How long one round trip over loopback takes on this machine at a given gap between two, in microseconds, while both
 * sides are awake: what no load generator can do without. Arguments: the gap in microseconds, the number of round trips.
 */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <fcntl.h>
#include <netinet/tcp.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

enum { BYTES = 150 };

static double now(void) {
	struct timespec at;
	clock_gettime(CLOCK_MONOTONIC, &at);
	return at.tv_sec * 1e6 + at.tv_nsec / 1e3;
}

static int by_size(const void *one, const void *other) {
	double a = *(const double *)one, b = *(const double *)other;
	return (a > b) - (a < b);
}

static void make_quick(int fd) {
	int yes = 1;
	setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &yes, sizeof yes);
	fcntl(fd, F_SETFL, O_NONBLOCK);
}

int main(int count, char **arguments) {
	if (count != 3) return 2;
	int gap = atoi(arguments[1]), trips = atoi(arguments[2]);
	struct sockaddr_in address = {.sin_family = AF_INET, .sin_addr = {htonl(INADDR_LOOPBACK)}};
	socklen_t size = sizeof address;
	char bytes[BYTES] = {0};
	int listener = socket(AF_INET, SOCK_STREAM, 0), client = socket(AF_INET, SOCK_STREAM, 0);
	if (bind(listener, (struct sockaddr *)&address, size) < 0 || listen(listener, 1) < 0) return 1;
	getsockname(listener, (struct sockaddr *)&address, &size);
	if (connect(client, (struct sockaddr *)&address, size) < 0) return 1;
	int server = accept(listener, NULL, NULL), echo = fork();
	make_quick(server);
	make_quick(client);
	if (echo == 0)
		for (int length;;)
			if ((length = read(server, bytes, BYTES)) > 0 && write(server, bytes, length) < 0) _exit(1);
	double *took = malloc(trips * sizeof *took), due = now();
	for (int i = 0; i < trips; i++) {
		due += gap;
		while (now() < due) {}
		double sent = now();
		if (write(client, bytes, BYTES) < 0) return 1;
		while (read(client, bytes, BYTES) <= 0) {}
		took[i] = now() - sent;
	}
	kill(echo, SIGKILL);
	qsort(took, trips, sizeof *took, by_size);
	printf("%.1f\n", took[trips / 2]);
	return 0;
}
