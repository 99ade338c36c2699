/*
 * bare - the least a chat server can do, to see how fast the generator and the machine are.
 *
 * It answers NICK with 001, JOIN with the JOIN line, and hands every PRIVMSG to the room. What a
 * room said in one turn of the loop is one buffer that goes to each member in one call. No modes,
 * no names, no limits: not a server to use, a ceiling to compare with.
 *
 *   cc -O2 -Wall -Wextra -o bare bare.c && ./bare 6667
 */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

enum { CONNECTIONS_MAX = 65536, ROOMS_MAX = 4096, LINE_MAX_BYTES = 16384, READ_SIZE = 64 * 1024 };

struct text {
  char *bytes;
  size_t length, size;
};

struct connection {
  int fd, open, room;
  char nick[32];
  struct text input, unsent;
};

/* What one member said this turn: a slice of the room's buffer that it must not hear itself. */
struct slice {
  int by;
  size_t from, to;
};

struct room {
  int *members, member_count, member_size;
  struct text said;
  struct slice *slices;
  int slice_count, slice_size;
};

static struct connection *connections;
static struct room rooms[ROOMS_MAX];
static int spoken[ROOMS_MAX], spoken_count, epoll_fd;

static void *grown(void *old, size_t bytes) {
  void *memory = realloc(old, bytes);
  if (!memory) exit(3);
  return memory;
}

static void append(struct text *t, const char *bytes, size_t n) {
  if (t->length + n > t->size) t->bytes = grown(t->bytes, t->size = (t->length + n) * 2);
  memcpy(t->bytes + t->length, bytes, n);
  t->length += n;
}

static void leave(struct connection *c) {
  if (!c->open) return;
  c->open = 0;
  close(c->fd);
  if (c->room < 0) return;
  struct room *r = &rooms[c->room];
  for (int i = 0; i < r->member_count; i++)
    if (r->members[i] == c->fd) r->members[i] = r->members[--r->member_count];
}

static void watch(struct connection *c, uint32_t events) {
  struct epoll_event e = {.events = events, .data.fd = c->fd};
  epoll_ctl(epoll_fd, EPOLL_CTL_MOD, c->fd, &e);
}

static void put(struct connection *c, const char *bytes, size_t n) {
  if (!c->open || n == 0) return;
  if (c->unsent.length == 0) {
    ssize_t sent = send(c->fd, bytes, n, MSG_NOSIGNAL);
    if (sent == (ssize_t)n) return;
    if (sent > 0) bytes += sent, n -= (size_t)sent;
    watch(c, EPOLLIN | EPOLLOUT);
  }
  append(&c->unsent, bytes, n);
}

static void put_rest(struct connection *c) {
  ssize_t sent = send(c->fd, c->unsent.bytes, c->unsent.length, MSG_NOSIGNAL);
  if (sent <= 0) return;
  c->unsent.length -= (size_t)sent;
  memmove(c->unsent.bytes, c->unsent.bytes + sent, c->unsent.length);
  if (c->unsent.length == 0) watch(c, EPOLLIN);
}

static void join(struct connection *c, int number) {
  struct room *r = &rooms[number % ROOMS_MAX];
  char line[100];
  int n = snprintf(line, sizeof line, ":%s!b@b JOIN #room%d\r\n", c->nick, number);
  if (r->member_count == r->member_size) r->members = grown(r->members, (size_t)(r->member_size = r->member_size * 2 + 64) * sizeof(int));
  r->members[r->member_count++] = c->fd;
  c->room = number % ROOMS_MAX;
  put(c, line, (size_t)n);
}

static void speak(struct connection *c, const char *line, size_t length) {
  if (c->room < 0) return;
  struct room *r = &rooms[c->room];
  char head[80];
  if (r->said.length == 0) spoken[spoken_count++] = c->room;
  size_t from = r->said.length;
  append(&r->said, head, (size_t)snprintf(head, sizeof head, ":%s!b@b ", c->nick));
  append(&r->said, line, length);
  append(&r->said, "\r\n", 2);
  if (r->slice_count > 0 && r->slices[r->slice_count - 1].by == c->fd) {
    r->slices[r->slice_count - 1].to = r->said.length;
    return;
  }
  if (r->slice_count == r->slice_size) r->slices = grown(r->slices, (size_t)(r->slice_size = r->slice_size * 2 + 64) * sizeof(struct slice));
  r->slices[r->slice_count++] = (struct slice){c->fd, from, r->said.length};
}

static void on_line(struct connection *c, char *line, size_t length) {
  char answer[100];
  if (length > 0 && line[length - 1] == '\r') length--;
  if (length > 5 && !memcmp(line, "NICK ", 5)) {
    snprintf(c->nick, sizeof c->nick, "%.*s", (int)(length - 5), line + 5);
    put(c, answer, (size_t)snprintf(answer, sizeof answer, ":bare 001 %s :hello\r\n", c->nick));
  } else if (length > 10 && !memcmp(line, "JOIN #room", 10)) {
    join(c, atoi(line + 10));
  } else if (length > 8 && !memcmp(line, "PRIVMSG ", 8)) {
    speak(c, line, length);
  }
}

static void on_readable(struct connection *c) {
  static char input[READ_SIZE];
  ssize_t n = recv(c->fd, input, sizeof input, 0);
  if (n < 0 && errno == EAGAIN) return;
  if (n <= 0 || c->input.length > LINE_MAX_BYTES) return leave(c);
  append(&c->input, input, (size_t)n);
  char *at = c->input.bytes, *end = at + c->input.length;
  for (char *newline; (newline = memchr(at, '\n', (size_t)(end - at))); at = newline + 1) on_line(c, at, (size_t)(newline - at));
  c->input.length = (size_t)(end - at);
  memmove(c->input.bytes, at, c->input.length);
}

/* Everybody gets the whole turn in one call; those who spoke get it without their own slices. */
static void hand_out(struct room *r) {
  static struct text own;
  static char *is_speaker;
  if (!is_speaker) is_speaker = calloc(CONNECTIONS_MAX, 1);
  for (int i = 0; i < r->slice_count; i++) is_speaker[r->slices[i].by] = 1;
  for (int m = 0; m < r->member_count; m++) {
    int fd = r->members[m];
    if (!is_speaker[fd]) {
      put(&connections[fd], r->said.bytes, r->said.length);
      continue;
    }
    own.length = 0;
    for (int i = 0; i < r->slice_count; i++)
      if (r->slices[i].by != fd) append(&own, r->said.bytes + r->slices[i].from, r->slices[i].to - r->slices[i].from);
    put(&connections[fd], own.bytes, own.length);
  }
  for (int i = 0; i < r->slice_count; i++) is_speaker[r->slices[i].by] = 0;
  r->said.length = 0;
  r->slice_count = 0;
}

static void accept_all(int listener) {
  int yes = 1;
  for (int fd; (fd = accept4(listener, NULL, NULL, SOCK_NONBLOCK)) >= 0;) {
    if (fd >= CONNECTIONS_MAX) exit(4);
    struct connection *c = &connections[fd];
    c->fd = fd;
    c->open = 1;
    c->room = -1;
    c->input.length = c->unsent.length = 0;
    setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &yes, sizeof yes);
    struct epoll_event e = {.events = EPOLLIN, .data.fd = fd};
    epoll_ctl(epoll_fd, EPOLL_CTL_ADD, fd, &e);
  }
}

int main(int argc, char **argv) {
  if (argc != 2) return fputs("usage: bare PORT\n", stderr), 2;
  signal(SIGPIPE, SIG_IGN);
  struct rlimit files;
  getrlimit(RLIMIT_NOFILE, &files);
  files.rlim_cur = files.rlim_max;
  setrlimit(RLIMIT_NOFILE, &files);
  connections = calloc(CONNECTIONS_MAX, sizeof *connections);
  int listener = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0), yes = 1;
  setsockopt(listener, SOL_SOCKET, SO_REUSEADDR, &yes, sizeof yes);
  struct sockaddr_in at = {.sin_family = AF_INET, .sin_port = htons((uint16_t)atoi(argv[1])), .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
  if (!connections || bind(listener, (struct sockaddr *)&at, sizeof at) || listen(listener, 4096)) return perror("bare"), 2;
  epoll_fd = epoll_create1(0);
  struct epoll_event e = {.events = EPOLLIN, .data.fd = listener};
  epoll_ctl(epoll_fd, EPOLL_CTL_ADD, listener, &e);
  for (;;) {
    static struct epoll_event events[1024];
    int n = epoll_wait(epoll_fd, events, 1024, -1);
    for (int i = 0; i < n; i++) {
      int fd = events[i].data.fd;
      if (fd == listener) accept_all(listener);
      else if (connections[fd].open && events[i].events & EPOLLOUT) put_rest(&connections[fd]);
      if (fd != listener && connections[fd].open && events[i].events & (EPOLLIN | EPOLLHUP | EPOLLERR)) on_readable(&connections[fd]);
    }
    for (int i = 0; i < spoken_count; i++) hand_out(&rooms[spoken[i]]);
    spoken_count = 0;
  }
}
