# relay: needs cc and a C library, nothing else.
.POSIX:
.SUFFIXES:
.SUFFIXES: .c .o

CC = cc
OS = linux
PREFIX = /usr/local
CFLAGS = -O2 -g
# Where dlopen(3) is not in the C library, as before glibc 2.34: -ldl.
LDLIBS =
HARDENING = -fPIE -fstack-protector-strong -U_FORTIFY_SOURCE \
	-D_FORTIFY_SOURCE=2
LDHARDENING = -pie -Wl,-z,relro -Wl,-z,now -Wl,-z,noseparate-code
# With -z now all calls of a library are known at the start: no page of stubs.
CALLS = -fno-plt
WARNINGS = -Wall -Wextra -Wshadow -Wstrict-prototypes -Wmissing-prototypes
FEATURES_linux = -D_GNU_SOURCE
FEATURES_posix = -D_XOPEN_SOURCE=700
ALL_CFLAGS = -std=c11 $(FEATURES_$(OS)) $(WARNINGS) $(HARDENING) $(CALLS) \
	$(CFLAGS)

# Families that one system alone has, and what says so on the other.
FAMILIES_linux = addr/family/interface.o addr/family/posixmq.o \
	addr/family/vsock.o
FAMILIES_posix = addr/family/elsewhere.o

# The system in more than one file.
SYSTEM_linux = lib/os/linux.o lib/os/linux-datagram.o
SYSTEM_posix = lib/os/posix.o

# What finds libraries at run time, and what says so where the program is
# static.
SHARED = addr/family/tls.o addr/family/tls-context.o addr/family/tls-end.o \
	addr/family/tls-peer.o addr/net/libssl.o lib/os/editor.o \
	lib/os/library.o
UNSHARED = addr/family/static.o lib/os/noeditor.o lib/os/nolibrary.o

ALONE = relay.o spec.o \
	run/command/advice.o run/command/explain.o run/command/fit.o \
	run/command/flags.o run/command/help.o run/command/mode.o \
	run/command/read.o \
	run/docker/dial.o run/docker/engine.o run/docker/inspect.o \
	run/docker/source.o run/docker/watch.o \
	run/link/chunk.o run/link/environment.o run/link/link.o \
	run/link/probe.o run/link/process.o run/link/set.o run/link/state.o \
	run/link/stop.o run/link/supervisor.o run/link/variable.o \
	run/accept.o run/burst.o run/children.o run/connect.o run/direction.o \
	run/drain.o run/dump-name.o run/dump.o run/ending.o run/fds.o \
	run/fork.o run/outcome.o run/pause.o run/pool.o run/readiness.o \
	run/serve.o run/session.o run/statistics.o run/target.o run/transfer.o \
	addr/advice.o addr/dual.o addr/near.o addr/open.o addr/parse.o \
	addr/registry.o \
	addr/family/access.o addr/family/dgram.o addr/family/env.o \
	addr/family/exec.o addr/family/file.o addr/family/generic.o \
	addr/family/packet.o addr/family/pipe.o addr/family/program.o \
	addr/family/proxy.o addr/family/pty.o addr/family/rawip.o \
	addr/family/readline.o addr/family/reuse.o addr/family/socket.o addr/family/socks.o \
	addr/family/stdio.o addr/family/tcp.o addr/family/through.o \
	addr/family/udp-datagram.o addr/family/udp-queue.o addr/family/udp.o \
	addr/family/unix-datagram.o addr/family/unix-name.o \
	addr/family/unix.o addr/family/sctp.o addr/family/text.o \
	$(FAMILIES_$(OS)) \
	addr/end/end.o addr/end/listen.o \
	addr/option/apply.o addr/option/exec.o addr/option/fd.o \
	addr/option/file.o addr/option/interface.o \
	addr/option/ip.o addr/option/late.o addr/option/misc.o \
	addr/option/process.o addr/option/socket.o addr/option/through.o \
	addr/option/tls.o \
	addr/option/tty.o \
	addr/option/useless.o addr/option/value.o \
	addr/net/bound.o addr/net/dialogue.o addr/net/fd.o addr/net/name.o \
	addr/net/netns.o addr/net/proxy.o addr/net/range.o addr/net/resolve.o \
	addr/net/sock.o addr/net/socks.o addr/net/wrap.o \
	lib/bare.o lib/clock.o lib/data.o lib/error.o lib/http.o lib/json.o \
	lib/log.o lib/log-syslog.o lib/num.o \
	$(SYSTEM_$(OS)) lib/os/cleanup.o lib/os/common.o lib/os/guess.o \
	lib/os/lock.o \
	lib/os/nameserver.o \
	lib/os/sig.o lib/os/tty.o

OBJS = $(ALONE) $(SHARED)
SRCS = $(OBJS:.o=.c)
STATIC_OBJS = $(ALONE) $(UNSHARED)
STATIC_SRCS = $(STATIC_OBJS:.o=.c)

HEADERS = relay.h \
	run/command/advice.h run/command/explain.h run/command/flag.h \
	run/command/flags.h run/command/help.h run/command/mode.h \
	run/docker/dial.h run/docker/engine.h run/docker/inspect.h \
	run/docker/source.h run/docker/watch.h \
	run/link/link.h run/link/probe.h run/link/set.h run/link/source.h \
	run/link/stop.h run/link/supervisor.h run/link/variable.h \
	run/burst.h run/children.h run/direction.h run/dump-name.h run/dump.h \
	run/outcome.h run/pair.h run/pause.h run/pool.h run/readiness.h \
	run/serve.h run/server.h run/service.h run/session.h run/statistics.h \
	run/target.h run/transfer.h \
	addr/addr.h addr/advice.h addr/consts.h \
	addr/family/dgram.h addr/family/family.h addr/family/packet.h \
	addr/family/program.h addr/family/pty.h addr/family/reuse.h \
	addr/family/socket.h addr/family/through.h addr/family/tls.h \
	addr/family/udp-queue.h \
	addr/family/unix-name.h \
	addr/end/end.h \
	addr/option/option.h addr/option/rows.h \
	addr/net/bound.h addr/net/dialogue.h addr/net/libssl.h addr/net/net.h \
	addr/net/wrap.h \
	lib/bare.h lib/clock.h lib/cold.h lib/data.h lib/error.h lib/http.h \
	lib/json.h lib/log.h lib/log-syslog.h lib/num.h \
	lib/os/cleanup.h lib/os/editor.h lib/os/library.h lib/os/lock.h \
	lib/os/os.h lib/os/sig.h lib/os/tty.h

all: relay

# Moved into place, so that one that runs stays whole.
relay: $(OBJS)
	$(CC) $(ALL_CFLAGS) $(LDHARDENING) $(LDFLAGS) -o $@.new $(OBJS) \
	    $(LDLIBS)
	mv $@.new $@

.c.o:
	$(CC) $(ALL_CFLAGS) -c -o $@ $<

$(OBJS): $(HEADERS) .made-for-$(OS)

# Objects of one system are none of another's.
.made-for-linux .made-for-posix:
	rm -f .made-for-* $(OBJS) $(FAMILIES_linux) $(FAMILIES_posix) \
	    $(SYSTEM_linux) $(SYSTEM_posix)
	touch $@

OPTIONS = addr/option/exec.c addr/option/fd.c addr/option/file.c \
	addr/option/interface.c addr/option/ip.c addr/option/misc.c addr/option/process.c \
	addr/option/socket.c addr/option/tty.c

addr/consts.h: lib/consts.awk $(OPTIONS)
	awk -f lib/consts.awk $(OPTIONS) >$@

# What the tests in C are linked with.
sources:
	@echo $(SRCS)

clean:
	rm -f relay relay.new relay-static relay-core relay-posix image.tar rootfs.tar \
	    addr/consts.h .made-for-* $(OBJS) $(FAMILIES_linux) \
	    $(FAMILIES_posix) $(SYSTEM_linux) $(SYSTEM_posix)

# The tests need Perl's prove; what else one needs and does not find it
# skips with a reason, unless TEST_NO_SKIP=1 forbids that.
check: relay relay-static
	prove -j3 t/*.t

demo: relay
	RELAY=./relay sh t/demo.sh

# libFuzzer with clang, FUZZ_SECONDS (60) for each target.
fuzz:
	sh t/fuzz/run.sh

bench: relay relay-static relay-posix
	perl t/bench/run.pl

# The bare probe that bench measures by, built as relay is, both ways.
PROBE = t/bench/probe
probe:
	$(CC) $(ALL_CFLAGS) $(LDHARDENING) $(LDFLAGS) -o $(PROBE) \
	    t/bench/probe.c
	$(STATIC_CC) -std=c11 $(FEATURES_$(OS)) $(WARNINGS) $(STATIC_SMALL) \
	    $(STATIC_CFLAGS) $(STATIC_LDFLAGS) -o $(PROBE)-static \
	    t/bench/probe.c

relay-posix: $(SRCS) $(HEADERS) lib/os/posix.c $(FAMILIES_posix:.o=.c)
	dir=`mktemp -d` && cp -R Makefile relay.c relay.h spec.c addr run lib \
	    "$$dir" && (cd "$$dir" && $(MAKE) clean && \
	    $(MAKE) OS=posix relay) && mv "$$dir/relay" $@ && rm -rf "$$dir"

MANDIR = $(PREFIX)/share/man

install: relay
	mkdir -p $(DESTDIR)$(PREFIX)/bin $(DESTDIR)$(MANDIR)/man1 \
	    $(DESTDIR)$(MANDIR)/man7
	cp relay $(DESTDIR)$(PREFIX)/bin/relay
	chmod 755 $(DESTDIR)$(PREFIX)/bin/relay
	cp man/relay.1 $(DESTDIR)$(MANDIR)/man1/
	cp man/relay-addr.7 man/relay-opt.7 $(DESTDIR)$(MANDIR)/man7/

# The name under which it is nothing but socat.
install-socat: install
	ln -sf relay $(DESTDIR)$(PREFIX)/bin/socat

# A loadable image without Docker, and one built by a Docker Engine.
image.tar: relay-static deploy/mkimage.sh
	sh deploy/mkimage.sh relay-static >$@.new
	mv $@.new $@

image: relay-static
	sh deploy/mkimage.sh -r relay-static >deploy/rootfs.tar
	docker build -t relay deploy
	rm -f deploy/rootfs.tar

# One file that needs nothing at run time, hardened like the other; musl
# makes the smallest.
STATIC_CC = $$(command -v musl-gcc || echo $(CC))
STATIC_SMALL = $$($(STATIC_CC) -Oz -E - </dev/null >/dev/null 2>&1 && \
	echo -Oz || echo -Os)
STATIC_CFLAGS = $(HARDENING) -fno-ident -ffunction-sections -fdata-sections \
	-fno-unwind-tables -fno-asynchronous-unwind-tables
STATIC_PIE = $$(sh deploy/static-pie.sh "$(STATIC_CC)")
STATIC_LDFLAGS = $(STATIC_PIE) -s -Wl,--gc-sections -Wl,--build-id=none \
	-Wl,-z,relro -Wl,-z,now -Wl,-z,noseparate-code

static: relay-static

relay-static: $(STATIC_SRCS) $(HEADERS) deploy/static-pie.sh
	$(STATIC_CC) -std=c11 $(FEATURES_$(OS)) $(WARNINGS) $(STATIC_SMALL) \
	    $(STATIC_CFLAGS) $(STATIC_LDFLAGS) -o $@ $(STATIC_SRCS)

# The same for one pair of addresses: without supervisor and its sources.
CORE_WITHOUT = run/docker/dial.c run/docker/engine.c run/docker/inspect.c \
	run/docker/source.c run/docker/watch.c \
	run/link/chunk.c run/link/environment.c run/link/link.c \
	run/link/process.c run/link/state.c run/link/stop.c \
	run/link/supervisor.c run/link/variable.c lib/http.c lib/json.c

relay-core: $(STATIC_SRCS) run/command/core.c $(HEADERS) deploy/static-pie.sh
	srcs=; for f in $(STATIC_SRCS); do \
	    case " $(CORE_WITHOUT) " in *" $$f "*) ;; \
	    *) srcs="$$srcs $$f" ;; esac; done; \
	$(STATIC_CC) -std=c11 $(FEATURES_$(OS)) $(WARNINGS) $(STATIC_SMALL) \
	    $(STATIC_CFLAGS) $(STATIC_LDFLAGS) -o $@ run/command/core.c $$srcs

clean-static:
	rm -f relay-static
