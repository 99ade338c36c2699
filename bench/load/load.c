/*
 * load - the generator behind `npm run bench`.
 *
 * It plays N chat clients in one thread (epoll, no dependencies): they connect, register, join a
 * room each, talk, and every line that arrives is checked against what was sent. It prints one line
 * of JSON and always ends by itself.
 *
 *   cc -O2 -Wall -Wextra -o load load.c
 *   load --port 6667 --clients 1000 --rooms 1 --senders 10 --window 16 --pid $(pidof ngircd)
 *
 * What is measured, and how
 *   A message is "outstanding" until its last listener has it. Closed loop: each sender keeps
 *   `window` messages outstanding, so the load adapts to the server and nothing queues without
 *   bound. Fixed rate: a message counts from the moment it was due, not from the moment the
 *   generator got round to sending it, so a slow server cannot hide by slowing the generator down.
 *   A latency is taken per delivery, not per message.
 *   The server's processor time and memory come from /proc of --pid, all its threads together.
 *
 * What is checked
 *   A body names its sender and its number in the sender's sequence. Each listener knows which
 *   number it wants next from each sender of its room: a jump is a loss until the missing lines
 *   turn up late (then they count as reordered), a number seen before is a double. The rest of the
 *   body must be the filler text to the last byte.
 *
 * Client i sits in room i % rooms, and the first `senders` clients are the ones that talk. Only
 * loopback addresses are dialled: a load generator has no business anywhere else.
 */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <getopt.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

typedef uint64_t u64;
typedef uint32_t u32;
typedef unsigned char u8;

/* ------------------------------------------------------------------ options */

enum mode { CHAT, IDLE, STORM };

static struct {
  enum mode mode;
  const char *mode_name;
  int port, pid, server_core, own_core;
  int clients, rooms, senders, window, body;
  int together; /* how many may be connecting or joining at the same time */
  double rate, warm_s, measure_s, drain_s, max_s;
  const char *caps, *ws_path;
} opt = {.mode = CHAT, .mode_name = "chat", .server_core = -1, .own_core = -1, .clients = 100, .rooms = 1, .senders = 10, .window = 1, .body = 64,
         .together = 256, .warm_s = 1, .measure_s = 5, .drain_s = 5, .max_s = 60};

static const char USAGE[] =
    "load --port PORT [--pid SERVER] [--mode chat|idle|storm]\n"
    "  --clients N       how many clients (100)\n"
    "  --rooms N         client i joins room i % N; 0: none (1)\n"
    "  --senders N       the first N clients talk (10)\n"
    "  --window N        closed loop: messages each sender keeps outstanding (1)\n"
    "  --rate N          instead of a window: messages per second, all senders together\n"
    "  --body N          bytes of text in a message (64)\n"
    "  --warm S --measure S --drain S   seconds of each phase (1, 5, 5); idle: --measure is the time held\n"
    "  --max-time S      ends by itself after that (60)\n"
    "  --together N      connections and joins under way at once (256)\n"
    "  --caps 'a b'      IRCv3 capabilities to ask for\n"
    "  --server-core N --own-core N     say where both are bound, to learn what others use of these cores\n"
    "  --ws PATH         WebSocket, one line per text frame, instead of plain TCP\n";

static void die(const char *format, ...) {
  va_list args;
  va_start(args, format);
  fputs("load: ", stderr);
  vfprintf(stderr, format, args);
  fputc('\n', stderr);
  va_end(args);
  exit(2);
}

static void *room_for(size_t count, size_t size) {
  void *memory = calloc(count ? count : 1, size);
  if (!memory) die("out of memory");
  return memory;
}

static u64 now_ns(void) {
  struct timespec t;
  clock_gettime(CLOCK_MONOTONIC, &t);
  return (u64)t.tv_sec * 1000000000u + (u64)t.tv_nsec;
}

static double seconds(u64 ns) { return (double)ns / 1e9; }

/* ---------------------------------------------------------------- latencies */

/* Buckets of 1/32 octave: an error below 3 %, and adding one costs a shift. */
enum { STEP_BITS = 5, STEPS = 1 << STEP_BITS, BUCKETS = STEPS * 40 };
static u64 latency_count[BUCKETS], latency_total, latency_max;

static inline void latency_add(u64 ns) {
  u32 bucket = (u32)ns;
  if (ns >= STEPS) {
    u32 shift = 63u - (u32)__builtin_clzll(ns) - STEP_BITS;
    bucket = (shift + 1) * STEPS + (u32)(ns >> shift) - STEPS;
    if (bucket >= BUCKETS) bucket = BUCKETS - 1;
  }
  latency_count[bucket]++;
  latency_total++;
  if (ns > latency_max) latency_max = ns;
}

static double latency_us(double quantile) {
  u64 rank = (u64)(quantile * (double)latency_total), seen = 0;
  for (u32 b = 0; b < BUCKETS; b++) {
    seen += latency_count[b];
    if (seen <= rank) continue;
    if (b < STEPS) return b / 1e3;
    u32 shift = b / STEPS - 1;
    return ((double)(b % STEPS + STEPS) + 0.5) * (double)(1ull << shift) / 1e3;
  }
  return 0;
}

/* ----------------------------------------------- what the system says of us */

struct usage {
  double cpu_s;      /* the server, all threads */
  double main_cpu_s; /* its first thread only */
  long rss_kib;
  double own_cpu_s;
  double server_core_s, own_core_s; /* how long these cores were busy, whoever used them; all cores if they are not said */
};

static int slurp(const char *path, char *text, size_t size) {
  int fd = open(path, O_RDONLY | O_CLOEXEC);
  if (fd < 0) return 0;
  ssize_t n = read(fd, text, size - 1);
  close(fd);
  text[n > 0 ? n : 0] = 0;
  return n > 0;
}

static double stat_cpu(const char *path) {
  char text[1024];
  unsigned long user = 0, system = 0;
  if (!slurp(path, text, sizeof text)) return 0;
  char *after_name = strrchr(text, ')'); /* a process may have spaces in its name */
  if (after_name) sscanf(after_name + 2, "%*c %*d %*d %*d %*d %*d %*u %*u %*u %*u %*u %lu %lu", &user, &system);
  return (double)(user + system) / (double)sysconf(_SC_CLK_TCK);
}

/* What neither the server nor we used of a core, or (-1) of all of them, is the noise that others made. */
static double core_busy(int core) {
  char text[8192], name[16];
  unsigned long long user = 0, nice = 0, system = 0, irq = 0, softirq = 0, steal = 0;
  if (!slurp("/proc/stat", text, sizeof text)) return 0;
  if (core < 0) snprintf(name, sizeof name, "cpu ");
  else snprintf(name, sizeof name, "\ncpu%d ", core);
  char *line = strstr(text, name);
  if (line) sscanf(line + strlen(name), "%llu %llu %llu %*u %*u %llu %llu %llu", &user, &nice, &system, &irq, &softirq, &steal);
  return (double)(user + nice + system + irq + softirq + steal) / (double)sysconf(_SC_CLK_TCK);
}

static struct usage usage_now(void) {
  struct usage u = {0};
  char path[300], text[4096];
  if (opt.pid) {
    snprintf(path, sizeof path, "/proc/%d/stat", opt.pid);
    u.cpu_s = stat_cpu(path);
    snprintf(path, sizeof path, "/proc/%d/task/%d/stat", opt.pid, opt.pid);
    u.main_cpu_s = stat_cpu(path);
    snprintf(path, sizeof path, "/proc/%d/status", opt.pid);
    char *rss = slurp(path, text, sizeof text) ? strstr(text, "VmRSS:") : NULL;
    if (rss) u.rss_kib = atol(rss + 6);
  }
  struct rusage own;
  getrusage(RUSAGE_SELF, &own);
  u.own_cpu_s = (double)(own.ru_utime.tv_sec + own.ru_stime.tv_sec) + (double)(own.ru_utime.tv_usec + own.ru_stime.tv_usec) / 1e6;
  u.server_core_s = core_busy(opt.server_core);
  u.own_core_s = core_busy(opt.own_core);
  return u;
}

/* ------------------------------------------------------------------ clients */

enum state { FREE, CONNECTING, UPGRADING, REGISTERING, READY, JOINING, INSIDE, GONE };

struct client {
  int fd;
  u8 state, caps_open, echo;
  char *held; /* the start of a unit whose rest has not arrived */
  u32 held_len, held_size;
  char *unsent; /* what the socket would not take */
  u32 unsent_from, unsent_to, unsent_size;
};

static struct client *clients;
static int epoll_fd, dialled, registered, inside, gone, under_way;
static u64 lines_in, bytes_in, reads, join_lines, tagged_lines, last_input;
static u64 started, registered_ns, inside_ns; /* when the run began; how long until the last was there */
static char fault[300], caps_agreed[512];

static int index_of(const struct client *c) { return (int)(c - clients); }

static void lose(struct client *c, const char *why) {
  if (c->state == GONE) return;
  if (!fault[0]) snprintf(fault, sizeof fault, "client %d: %s", index_of(c), why);
  if (c->state < READY || c->state == JOINING) under_way--;
  c->state = GONE;
  gone++;
  close(c->fd);
}

static void watch(struct client *c, u32 events) {
  struct epoll_event e = {.events = events, .data.u32 = (u32)index_of(c)};
  epoll_ctl(epoll_fd, EPOLL_CTL_MOD, c->fd, &e);
}

static void push(struct client *c, const char *bytes, size_t n) {
  if (c->state == GONE || n == 0) return;
  if (c->unsent_from == c->unsent_to) {
    ssize_t sent = send(c->fd, bytes, n, MSG_NOSIGNAL);
    if (sent < 0 && errno != EAGAIN) return lose(c, strerror(errno));
    if (sent > 0) bytes += sent, n -= (size_t)sent;
    if (n == 0) return;
    c->unsent_from = c->unsent_to = 0;
    watch(c, EPOLLIN | EPOLLOUT);
  }
  if (c->unsent_to + n > c->unsent_size) {
    c->unsent_size = (u32)(c->unsent_to + n) * 2;
    c->unsent = realloc(c->unsent, c->unsent_size);
    if (!c->unsent) die("out of memory");
  }
  memcpy(c->unsent + c->unsent_to, bytes, n);
  c->unsent_to += (u32)n;
}

static void push_rest(struct client *c) {
  ssize_t sent = send(c->fd, c->unsent + c->unsent_from, c->unsent_to - c->unsent_from, MSG_NOSIGNAL);
  if (sent < 0 && errno != EAGAIN) return lose(c, strerror(errno));
  if (sent > 0) c->unsent_from += (u32)sent;
  if (c->unsent_from < c->unsent_to) return;
  c->unsent_from = c->unsent_to = 0;
  watch(c, EPOLLIN);
}

/* ------------------------------------------------------------------ framing */

/* A line becomes a line with its ending, or a masked text frame (RFC 6455 section 5.2). */
static size_t frame(char *out, const char *line, size_t n) {
  if (!opt.ws_path) {
    memcpy(out, line, n);
    memcpy(out + n, "\r\n", 2);
    return n + 2;
  }
  static const char mask[4] = {0x3a, 0x5c, 0x71, 0x16};
  size_t at = 0;
  out[at++] = (char)0x81;
  if (n < 126) {
    out[at++] = (char)(0x80 | n);
  } else {
    out[at++] = (char)(0x80 | 126);
    out[at++] = (char)(n >> 8);
    out[at++] = (char)n;
  }
  memcpy(out + at, mask, 4);
  at += 4;
  for (size_t i = 0; i < n; i++) out[at + i] = (char)(line[i] ^ mask[i & 3]);
  return at + n;
}

static void say(struct client *c, const char *format, ...) {
  char line[1024], out[1100];
  va_list args;
  va_start(args, format);
  int n = vsnprintf(line, sizeof line, format, args);
  va_end(args);
  push(c, out, frame(out, line, (size_t)n));
}

static void pong_frame(struct client *c, const char *payload, size_t n) {
  char out[140] = {(char)0x8a, (char)(0x80 | n)}; /* the mask stays zero */
  memcpy(out + 6, payload, n);
  push(c, out, 6 + n);
}

/* ----------------------------------------------------- the way into the room */

static void register_client(struct client *c) {
  c->state = REGISTERING;
  char caps[512];
  snprintf(caps, sizeof caps, "%s", opt.caps ? opt.caps : "");
  /* One request per capability: the answer shows which of them this server has. */
  for (char *rest = caps, *cap; (cap = strtok_r(rest, " ", &rest));) {
    say(c, "CAP REQ :%s", cap);
    c->caps_open++;
  }
  say(c, "NICK u%06d", index_of(c));
  say(c, "USER load 0 * :load");
}

static void on_connected(struct client *c) {
  watch(c, EPOLLIN);
  if (!opt.ws_path) return register_client(c);
  c->state = UPGRADING;
  char request[512];
  int n = snprintf(request, sizeof request,
                   "GET %s HTTP/1.1\r\nHost: 127.0.0.1:%d\r\nOrigin: http://127.0.0.1:%d\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
                   "Sec-WebSocket-Key: cGFybGV5IGxvYWQgdGVzdA==\r\nSec-WebSocket-Version: 13\r\n"
                   "Sec-WebSocket-Protocol: text.ircv3.net\r\n\r\n",
                   opt.ws_path, opt.port, opt.port);
  push(c, request, (size_t)n);
}

static void join_room(struct client *c) {
  c->state = JOINING;
  say(c, "JOIN #room%d", index_of(c) % opt.rooms);
}

static void on_registered(struct client *c) {
  if (c->state != REGISTERING) return;
  c->state = READY;
  under_way--;
  if (++registered == opt.clients) registered_ns = now_ns() - started;
  if (opt.mode == STORM && opt.rooms) {
    under_way++;
    join_room(c);
  }
}

static void on_join_line(struct client *c, const char *prefix) {
  char own[24];
  int n = snprintf(own, sizeof own, ":u%06d!", index_of(c));
  join_lines++;
  if (c->state != JOINING || strncmp(prefix, own, (size_t)n) != 0) return;
  c->state = INSIDE;
  under_way--;
  if (++inside == opt.clients) inside_ns = now_ns() - started;
}

/* CAP <nick> ACK|NAK [:]<capability>: one word may stand without a colon. */
static void on_cap(struct client *c, const char *answer) {
  const char *agreed = strstr(answer, " ACK ");
  if (!agreed && !strstr(answer, " NAK ")) return;
  if (agreed) {
    const char *cap = agreed + 5 + (agreed[5] == ':');
    if (strncmp(cap, "echo-message", 12) == 0) c->echo = 1;
    size_t used = strlen(caps_agreed);
    if (index_of(c) == 0)
      snprintf(caps_agreed + used, sizeof caps_agreed - used, "%s%.*s", used ? " " : "", (int)strcspn(cap, " "), cap);
  }
  if (c->caps_open && --c->caps_open == 0) say(c, "CAP END");
}

/* Every line that is not one of our messages. `line` ends with a zero byte. */
static void on_other_line(struct client *c, char *line) {
  char *prefix = NULL, *command = line;
  if (*command == '@' && (command = strchr(command, ' '))) command++;
  if (command && *command == ':') {
    prefix = command;
    if ((command = strchr(command, ' '))) command++;
  }
  if (!command) return;
  if (prefix && !strncmp(command, "JOIN ", 5)) return on_join_line(c, prefix);
  if (!strncmp(command, "PING ", 5)) return say(c, "PONG %s", command + 5);
  if (!strncmp(command, "001 ", 4)) return on_registered(c);
  if (!strncmp(command, "CAP ", 4)) return on_cap(c, command);
  if (!strncmp(command, "ERROR", 5)) return lose(c, line);
  if (!fault[0] && (*command == '4' || *command == '5' || !strncmp(command, "FAIL ", 5)) && strncmp(command, "422 ", 4) != 0)
    snprintf(fault, sizeof fault, "client %d was told: %s", index_of(c), line); /* 422: no message of the day */
}

/* --------------------------------------------------------- checking what comes */

/* A body: two marks, the sender (4 characters of 6 bits), its number (5), filler to the length asked for. */
enum { MARKS = 2, SENDER_CHARS = 4, NUMBER_CHARS = 5, BODY_HEAD = MARKS + SENDER_CHARS + NUMBER_CHARS, BODY_MAX = 400 };
static const char MARK[] = "%=";
static const char DIGITS[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
static u8 digit_value[256];
static char filler[BODY_MAX];

struct flight {
  u64 sent_at;
  u32 listeners_left;
};
struct sender {
  u32 next, oldest;
  u8 queued; /* in the list of senders that may have something to say */
  struct flight *flights;
};
struct expectation {
  u32 next;  /* the number wanted next */
  u32 holes; /* numbers skipped so far that may still come */
};

static struct sender *senders;
static u32 flight_mask, senders_per_room;
static struct expectation *expectations; /* [client][sender of its room] */
static int *ready, ready_count;
static u64 sent, expected, received, lost_so_far, doubled, reordered, damaged, strays;
static u64 measure_from, measure_to, measured_sent, measured_received, measured_reads;

static void put_digits(char *out, int chars, u32 value) {
  while (chars-- > 0) {
    out[chars] = DIGITS[value & 63];
    value >>= 6;
  }
}

static inline u32 get_digits(const char *in, int chars) {
  u32 value = 0;
  for (int i = 0; i < chars; i++) value = value << 6 | digit_value[(u8)in[i]];
  return value;
}

static void may_speak(int s) {
  if (senders[s].queued) return;
  senders[s].queued = 1;
  ready[ready_count++] = s;
}

static inline void on_delivery(struct client *c, const char *body, u64 now) {
  u32 s = get_digits(body + MARKS, SENDER_CHARS), number = get_digits(body + MARKS + SENDER_CHARS, NUMBER_CHARS);
  u32 listener = (u32)index_of(c), rooms = (u32)opt.rooms;
  if (s >= (u32)opt.senders || s % rooms != listener % rooms || number >= senders[s].next) {
    strays++;
    return;
  }
  if (memcmp(body + BODY_HEAD, filler, (size_t)(opt.body - BODY_HEAD)) != 0) damaged++;

  struct expectation *want = &expectations[listener * senders_per_room + s / rooms];
  if (number == want->next) {
    want->next++;
  } else if (number > want->next) {
    want->holes += number - want->next;
    lost_so_far += number - want->next;
    want->next = number + 1;
  } else if (want->holes > 0) {
    want->holes--;
    lost_so_far--;
    reordered++;
  } else {
    doubled++;
    return;
  }
  received++;
  if (measure_from && !measure_to) measured_received++;

  struct flight *flight = &senders[s].flights[number & flight_mask];
  if (measure_from && flight->sent_at >= measure_from && (!measure_to || flight->sent_at < measure_to))
    latency_add(now > flight->sent_at ? now - flight->sent_at : 0);
  if (--flight->listeners_left > 0) return;
  struct sender *from = &senders[s];
  while (from->oldest < from->next && from->flights[from->oldest & flight_mask].listeners_left == 0) from->oldest++;
  may_speak((int)s);
}

static inline void on_line(struct client *c, char *line, size_t n, u64 now) {
  if (n > 0 && line[n - 1] == '\r') n--;
  lines_in++;
  if (n > (size_t)opt.body && senders) {
    const char *body = line + n - opt.body;
    if (body[0] == MARK[0] && body[1] == MARK[1]) {
      tagged_lines += line[0] == '@';
      return on_delivery(c, body, now);
    }
  }
  line[n] = 0; /* there is always a byte after a line: its ending, or the spare one of the buffer */
  on_other_line(c, line);
}

/* Takes the whole units of [at, end); what is left is the beginning of the next. */
static char *take_lines(struct client *c, char *at, char *end, u64 now) {
  for (char *newline; c->state != GONE && (newline = memchr(at, '\n', (size_t)(end - at))); at = newline + 1)
    on_line(c, at, (size_t)(newline - at), now);
  return at;
}

static char *take_frames(struct client *c, char *at, char *end, u64 now) {
  while (c->state != GONE && end - at >= 2) {
    const u8 *head = (const u8 *)at;
    size_t header = 2, n = head[1] & 127;
    if (n == 127 || head[1] & 128) {
      lose(c, "a frame that is masked or longer than any line");
      return at;
    }
    if (n == 126) {
      header = 4;
      if (end - at < 4) return at;
      n = (size_t)head[2] << 8 | head[3];
    }
    if ((size_t)(end - at) < header + n) return at;
    char *payload = at + header, *next = payload + n;
    int kind = head[0];
    if (kind == 0x81) {
      char spare = *next; /* on_line ends the text with a zero */
      on_line(c, payload, n, now);
      *next = spare;
    } else if (kind == 0x89) {
      pong_frame(c, payload, n);
    } else {
      lose(c, kind == 0x88 ? "closed by a frame" : "not one whole text frame");
    }
    at = next;
  }
  return at;
}

static char *take_upgrade(struct client *c, char *at, char *end) {
  char *done = memmem(at, (size_t)(end - at), "\r\n\r\n", 4);
  if (!done) return at;
  if (strncmp(at, "HTTP/1.1 101", 12) != 0) {
    at[strcspn(at, "\r")] = 0;
    lose(c, at);
  } else {
    register_client(c);
  }
  return done + 4;
}

enum { READ_SIZE = 256 * 1024 };
static char input[READ_SIZE + 1];

static void on_readable(struct client *c) {
  memcpy(input, c->held, c->held_len);
  ssize_t got = recv(c->fd, input + c->held_len, READ_SIZE - c->held_len, 0);
  if (got < 0 && errno == EAGAIN) return;
  if (got <= 0) return lose(c, got == 0 ? "closed by the server" : strerror(errno));
  u64 now = now_ns();
  char *at = input, *end = input + c->held_len + got;
  bytes_in += (u64)got;
  reads++;
  last_input = now;
  if (c->state == UPGRADING) at = take_upgrade(c, at, end);
  if (c->state != UPGRADING && c->state != GONE) at = opt.ws_path ? take_frames(c, at, end, now) : take_lines(c, at, end, now);
  if (c->state == GONE) return;
  c->held_len = (u32)(end - at);
  if (c->held_len > READ_SIZE / 2) return lose(c, "a line without an end");
  if (c->held_len > c->held_size) {
    c->held_size = c->held_len + 256;
    c->held = realloc(c->held, c->held_size);
    if (!c->held) die("out of memory");
  }
  memcpy(c->held, at, c->held_len);
}

/* ------------------------------------------------------------------ the loop */

static u64 deadline;
static int out_of_time;

static void turn(u64 wait_ns) {
  static struct epoll_event events[1024];
  struct timespec wait = {(time_t)(wait_ns / 1000000000u), (long)(wait_ns % 1000000000u)};
  int n = epoll_pwait2(epoll_fd, events, 1024, &wait, NULL);
  for (int i = 0; i < n; i++) {
    struct client *c = &clients[events[i].data.u32];
    if (c->state == CONNECTING) {
      int error = 0;
      socklen_t size = sizeof error;
      getsockopt(c->fd, SOL_SOCKET, SO_ERROR, &error, &size);
      if (error) lose(c, strerror(error));
      else on_connected(c);
      continue;
    }
    if (c->state != GONE && events[i].events & EPOLLOUT) push_rest(c);
    if (c->state != GONE && events[i].events & (EPOLLIN | EPOLLHUP | EPOLLERR)) on_readable(c);
  }
  if (now_ns() > deadline) out_of_time = 1;
}

static int going(void) { return !out_of_time && gone == 0; }

enum { POLL_NS = 20 * 1000 * 1000, QUIET_NS = 300 * 1000 * 1000 };

static void until_quiet(void) {
  last_input = now_ns();
  while (going() && now_ns() - last_input < QUIET_NS) turn(POLL_NS);
}

static void dial(struct client *c) {
  struct sockaddr_in to = {.sin_family = AF_INET, .sin_port = htons((uint16_t)opt.port), .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
  int yes = 1;
  c->fd = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
  if (c->fd < 0) die("socket: %s", strerror(errno));
  setsockopt(c->fd, IPPROTO_TCP, TCP_NODELAY, &yes, sizeof yes);
  c->state = CONNECTING;
  under_way++;
  struct epoll_event e = {.events = EPOLLOUT, .data.u32 = (u32)index_of(c)};
  epoll_ctl(epoll_fd, EPOLL_CTL_ADD, c->fd, &e);
  if (connect(c->fd, (struct sockaddr *)&to, sizeof to) && errno != EINPROGRESS) lose(c, strerror(errno));
}

static void connect_all(void) {
  int all_in = opt.mode == STORM && opt.rooms;
  while (going() && (registered < opt.clients || (all_in && inside < opt.clients))) {
    while (dialled < opt.clients && under_way < opt.together) dial(&clients[dialled++]);
    turn(POLL_NS);
  }
}

static void join_all(void) {
  for (int i = 0; going() && inside < opt.clients;) {
    for (; i < opt.clients && under_way < opt.together; i++) {
      under_way++;
      join_room(&clients[i]);
    }
    turn(POLL_NS);
  }
}

/* ------------------------------------------------------------------- talking */

static void prepare_talk(void) {
  for (int i = 0; i < 64; i++) digit_value[(u8)DIGITS[i]] = (u8)i;
  for (int i = 0; i < BODY_MAX; i++) filler[i] = " the quick brown fox jumps over a lazy dog"[i % 42];
  filler[opt.body - BODY_HEAD - 1] = '.'; /* no server may trim it */
  senders_per_room = (u32)((opt.senders + opt.rooms - 1) / opt.rooms);
  expectations = room_for((size_t)opt.clients * senders_per_room, sizeof *expectations);
  ready = room_for((size_t)opt.senders, sizeof *ready);
  /* At a fixed rate a slow server may have many messages outstanding; 1,024 per sender are a lost cause. */
  u32 flights = opt.rate > 0 ? 1024 : 1;
  while (flights < (u32)opt.window) flights *= 2;
  flight_mask = flights - 1;
  senders = room_for((size_t)opt.senders, sizeof *senders);
  for (int s = 0; s < opt.senders; s++) senders[s].flights = room_for(flights, sizeof(struct flight));
}

static size_t next_message(char *out, int s, u64 at) {
  struct sender *from = &senders[s];
  int room = s % opt.rooms;
  char line[BODY_MAX + 64];
  int head = snprintf(line, sizeof line, "PRIVMSG #room%d :%s", room, MARK);
  char *body = line + head - MARKS;
  put_digits(body + MARKS, SENDER_CHARS, (u32)s);
  put_digits(body + MARKS + SENDER_CHARS, NUMBER_CHARS, from->next);
  memcpy(body + BODY_HEAD, filler, (size_t)(opt.body - BODY_HEAD));
  u32 members = (u32)(opt.clients / opt.rooms + (room < opt.clients % opt.rooms));
  u32 listeners = members - 1 + clients[s].echo;
  from->flights[from->next & flight_mask] = (struct flight){.sent_at = at, .listeners_left = listeners};
  from->next++;
  sent++;
  expected += listeners;
  if (measure_from && !measure_to) measured_sent++;
  return frame(out, line, (size_t)(head - MARKS + opt.body));
}

static void speak_closed(void) {
  static char out[64 * 1024];
  int count = ready_count;
  ready_count = 0;
  for (int i = 0; i < count; i++) {
    int s = ready[i];
    size_t n = 0;
    u64 now = now_ns();
    senders[s].queued = 0;
    while (senders[s].next - senders[s].oldest < (u32)opt.window) n += next_message(out + n, s, now);
    push(&clients[s], out, n);
  }
}

/* Says what is due; returns how long nothing will be. */
static u64 speak_on_time(u64 from, u64 *spoken) {
  char out[BODY_MAX + 128];
  for (;;) {
    u64 due = from + (u64)((double)*spoken * 1e9 / opt.rate), now = now_ns();
    if (due > now) return due - now;
    int s = (int)(*spoken % (u64)opt.senders);
    if (senders[s].next - senders[s].oldest > flight_mask) {
      snprintf(fault, sizeof fault, "the server fell more than %u messages behind one sender", flight_mask + 1);
      return POLL_NS;
    }
    push(&clients[s], out, next_message(out, s, due));
    ++*spoken;
  }
}

static void talk_until(u64 end, u64 from, u64 *spoken) {
  while (going() && now_ns() < end) {
    u64 wait = POLL_NS;
    if (opt.rate > 0) wait = speak_on_time(from, spoken);
    else speak_closed();
    turn(wait < POLL_NS ? wait : POLL_NS);
  }
}

/* ------------------------------------------------------------------ the report */

static struct usage at_start, at_inside, at_from, at_to;
static u64 quiet_ns;

static void print_text(const char *name, const char *text) {
  printf(",\"%s\":\"", name);
  for (; *text; text++) printf(*text == '"' || *text == '\\' ? "\\%c" : (u8)*text < 32 || (u8)*text > 126 ? "?" : "%c", *text);
  putchar('"');
}

static int report(void) {
  u64 lost = expected - received;
  double span = seconds(measure_to - measure_from), cpu = at_to.cpu_s - at_from.cpu_s;
  int ok = going() && lost == 0 && doubled == 0 && reordered == 0 && damaged == 0 && strays == 0 && (opt.mode != CHAT || measured_received > 0);
  printf("{\"ok\":%s,\"mode\":\"%s\",\"clients\":%d,\"rooms\":%d", ok ? "true" : "false", opt.mode_name, opt.clients, opt.rooms);
  printf(",\"registerSeconds\":%.3f,\"joinSeconds\":%.3f,\"quietSeconds\":%.3f", seconds(registered_ns), seconds(inside_ns), seconds(quiet_ns));
  printf(",\"joinLines\":%llu,\"linesIn\":%llu,\"bytesIn\":%llu", (unsigned long long)join_lines, (unsigned long long)lines_in, (unsigned long long)bytes_in);
  printf(",\"arrivalCpuSeconds\":%.2f,\"rssBeforeKiB\":%ld,\"rssKiB\":%ld", at_inside.cpu_s - at_start.cpu_s, at_start.rss_kib, at_to.rss_kib);
  double own = at_to.own_cpu_s - at_from.own_cpu_s;
  printf(",\"seconds\":%.3f,\"serverCpuSeconds\":%.2f,\"serverMainCpuSeconds\":%.2f,\"ownCpuSeconds\":%.2f", span, cpu,
         at_to.main_cpu_s - at_from.main_cpu_s, own);
  double server_core = at_to.server_core_s - at_from.server_core_s, own_core = at_to.own_core_s - at_from.own_core_s;
  if (opt.server_core >= 0 && opt.own_core >= 0)
    printf(",\"othersOnServerCoreSeconds\":%.2f,\"othersOnOwnCoreSeconds\":%.2f", server_core - cpu, own_core - own);
  else printf(",\"othersSeconds\":%.2f", server_core - cpu - own);
  if (opt.mode == CHAT) {
    double count = (double)measured_received;
    printf(",\"senders\":%d,\"window\":%d,\"rate\":%g,\"body\":%d", opt.senders, opt.rate > 0 ? 0 : opt.window, opt.rate, opt.body);
    printf(",\"messagesPerSecond\":%.1f,\"deliveriesPerSecond\":%.0f", span > 0 ? (double)measured_sent / span : 0, span > 0 ? count / span : 0);
    printf(",\"deliveriesPerCpuSecond\":%.0f,\"deliveriesPerRead\":%.2f", cpu > 0 ? count / cpu : 0,
           measured_reads ? count / (double)measured_reads : 0);
    printf(",\"p50Us\":%.0f,\"p99Us\":%.0f,\"maxUs\":%.0f", latency_us(.5), latency_us(.99), (double)latency_max / 1e3);
    printf(",\"sent\":%llu,\"received\":%llu,\"lost\":%llu,\"doubled\":%llu", (unsigned long long)sent, (unsigned long long)received,
           (unsigned long long)lost, (unsigned long long)doubled);
    printf(",\"reordered\":%llu,\"damaged\":%llu,\"strays\":%llu,\"taggedLines\":%llu", (unsigned long long)reordered,
           (unsigned long long)damaged, (unsigned long long)strays, (unsigned long long)tagged_lines);
  }
  print_text("caps", caps_agreed);
  if (out_of_time && !fault[0])
    snprintf(fault, sizeof fault, "out of time with %d registered and %d in their room", registered, inside);
  print_text("fault", fault);
  puts("}");
  return ok ? 0 : 1;
}

/* ------------------------------------------------------------------------ main */

static void read_options(int argc, char **argv) {
  enum { PORT = 1, PID, MODE, CLIENTS, ROOMS, SENDERS, WINDOW, RATE, BODY, WARM, MEASURE, DRAIN, MAX_TIME, TOGETHER, CAPS, WS, SERVER_CORE, OWN_CORE };
  static const struct option names[] = {
      {"port", 1, 0, PORT}, {"pid", 1, 0, PID}, {"mode", 1, 0, MODE}, {"clients", 1, 0, CLIENTS}, {"rooms", 1, 0, ROOMS},
      {"senders", 1, 0, SENDERS}, {"window", 1, 0, WINDOW}, {"rate", 1, 0, RATE}, {"body", 1, 0, BODY}, {"warm", 1, 0, WARM},
      {"measure", 1, 0, MEASURE}, {"drain", 1, 0, DRAIN}, {"max-time", 1, 0, MAX_TIME}, {"together", 1, 0, TOGETHER},
      {"caps", 1, 0, CAPS}, {"ws", 1, 0, WS},
      {"server-core", 1, 0, SERVER_CORE}, {"own-core", 1, 0, OWN_CORE}, {0, 0, 0, 0}};
  for (int name; (name = getopt_long(argc, argv, "", names, NULL)) != -1;) {
    switch (name) {
    case PORT: opt.port = atoi(optarg); break;
    case PID: opt.pid = atoi(optarg); break;
    case MODE:
      opt.mode_name = optarg;
      opt.mode = !strcmp(optarg, "idle") ? IDLE : !strcmp(optarg, "storm") ? STORM : CHAT;
      break;
    case CLIENTS: opt.clients = atoi(optarg); break;
    case ROOMS: opt.rooms = atoi(optarg); break;
    case SENDERS: opt.senders = atoi(optarg); break;
    case WINDOW: opt.window = atoi(optarg); break;
    case RATE: opt.rate = atof(optarg); break;
    case BODY: opt.body = atoi(optarg); break;
    case WARM: opt.warm_s = atof(optarg); break;
    case MEASURE: opt.measure_s = atof(optarg); break;
    case DRAIN: opt.drain_s = atof(optarg); break;
    case MAX_TIME: opt.max_s = atof(optarg); break;
    case TOGETHER: opt.together = atoi(optarg); break;
    case CAPS: opt.caps = optarg; break;
    case WS: opt.ws_path = optarg; break;
    case SERVER_CORE: opt.server_core = atoi(optarg); break;
    case OWN_CORE: opt.own_core = atoi(optarg); break;
    default: fputs(USAGE, stderr); exit(2);
    }
  }
  if (opt.port < 1) fputs(USAGE, stderr), exit(2);
  if (opt.clients < 1 || opt.clients > 60000) die("--clients must be 1 to 60000: loopback has no more ports for one address");
  if (opt.rooms < (opt.mode == CHAT) || opt.rooms > opt.clients) die("--rooms must be at least 1 and at most --clients");
  if (opt.mode == CHAT && (opt.senders < 1 || opt.senders > opt.clients)) die("--senders must be 1 to --clients");
  if (opt.window < 1 || opt.window > 128) die("--window must be 1 to 128");
  if (opt.body <= BODY_HEAD || opt.body > BODY_MAX) die("--body must be %d to %d", BODY_HEAD + 1, BODY_MAX);
}

int main(int argc, char **argv) {
  read_options(argc, argv);
  signal(SIGPIPE, SIG_IGN);
  struct rlimit files;
  getrlimit(RLIMIT_NOFILE, &files);
  files.rlim_cur = files.rlim_max;
  setrlimit(RLIMIT_NOFILE, &files);
  if (files.rlim_cur < (rlim_t)opt.clients + 16) die("%d clients need more open files than `ulimit -Hn` allows", opt.clients);
  alarm((unsigned)opt.max_s + 10); /* even if the loop should hang */

  u64 spoken = 0;
  started = now_ns();
  deadline = started + (u64)(opt.max_s * 1e9);
  clients = room_for((size_t)opt.clients, sizeof *clients);
  epoll_fd = epoll_create1(EPOLL_CLOEXEC);
  at_start = usage_now();
  connect_all();
  if (opt.mode != STORM && opt.rooms) join_all();
  until_quiet();
  quiet_ns = last_input - started;
  at_inside = usage_now();

  if (opt.mode == CHAT && going()) {
    prepare_talk();
    u64 talk_from = now_ns();
    if (opt.rate <= 0)
      for (int s = 0; s < opt.senders; s++) may_speak(s);
    talk_until(talk_from + (u64)(opt.warm_s * 1e9), talk_from, &spoken);
    at_from = usage_now();
    measure_from = now_ns();
    measured_reads = reads;
    talk_until(measure_from + (u64)(opt.measure_s * 1e9), talk_from, &spoken);
    measure_to = now_ns();
    measured_reads = reads - measured_reads;
    at_to = usage_now();
    u64 give_up = measure_to + (u64)(opt.drain_s * 1e9);
    while (going() && received < expected && now_ns() < give_up) turn(POLL_NS);
  } else {
    at_from = usage_now();
    measure_from = now_ns();
    while (opt.mode == IDLE && going() && now_ns() - measure_from < (u64)(opt.measure_s * 1e9)) turn(POLL_NS);
    measure_to = now_ns();
    at_to = usage_now();
  }
  int status = report();
  fflush(stdout);
  struct linger at_once = {1, 0}; /* a reset leaves no port waiting for the next run */
  for (int i = 0; i < dialled; i++) {
    if (clients[i].state == GONE) continue;
    setsockopt(clients[i].fd, SOL_SOCKET, SO_LINGER, &at_once, sizeof at_once);
    close(clients[i].fd);
  }
  return status;
}
