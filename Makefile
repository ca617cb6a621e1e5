# relay: needs cc and a C library, nothing else.
.POSIX:
.SUFFIXES:
.SUFFIXES: .c .o

CC = cc
OS = linux
PREFIX = /usr/local
CFLAGS = -O2 -g
HARDENING = -fPIE -fstack-protector-strong -U_FORTIFY_SOURCE \
	-D_FORTIFY_SOURCE=2
LDHARDENING = -pie -Wl,-z,relro -Wl,-z,now -Wl,-z,noseparate-code
WARNINGS = -Wall -Wextra -Wshadow -Wstrict-prototypes -Wmissing-prototypes
FEATURES_linux = -D_GNU_SOURCE
FEATURES_posix = -D_XOPEN_SOURCE=700
ALL_CFLAGS = -std=c11 $(FEATURES_$(OS)) $(WARNINGS) $(HARDENING) $(CFLAGS)

OBJS = relay.o spec.o \
	addr/advice.o addr/bound.o addr/program.o run/advice.o \
	addr/absent.o addr/addr.o addr/end.o addr/env.o addr/exec.o \
	addr/file.o addr/near.o addr/open.o addr/opt-exec.o addr/opt-fd.o \
	addr/opt-file.o addr/opt-ip.o addr/opt-misc.o addr/opt-proc.o \
	addr/opt-sock.o addr/opt-tty.o addr/opt.o addr/pipe.o \
	addr/resolve.o addr/sock.o addr/stdio.o addr/tcp.o addr/udp.o \
	addr/udp-queue.o addr/unix.o addr/useless.o \
	run/burst.o run/children.o run/dial.o run/dump.o run/dumpname.o run/ending.o run/engine.o run/environ.o \
	run/explain.o run/fdinfo.o run/fit.o run/flow.o run/grand.o run/help.o run/inspect.o \
	run/links.o run/mode.o run/outcome.o run/pool.o run/probe.o run/ready.o \
	run/serve.o run/session.o run/shuttle.o run/statistics.o run/stop.o run/super.o \
	run/target.o run/variable.o run/wanted.o \
	lib/cleanup.o lib/http.o lib/json.o lib/lock.o lib/log.o lib/num.o \
	lib/os-common.o lib/os-$(OS).o lib/sig.o lib/span.o

SRCS = $(OBJS:.o=.c)

HEADERS = relay.h addr/udp-queue.h run/burst.h \
	addr/advice.h addr/bound.h addr/program.h run/advice.h \
	addr/addr.h addr/consts.h addr/families.h addr/opt.h lib/cleanup.h \
	lib/lock.h lib/log.h lib/num.h lib/os.h lib/sig.h lib/span.h run/children.h \
	run/dump.h run/dumpname.h run/flow.h run/help.h run/serve.h run/session.h \
	run/explain.h run/fit.h run/shuttle.h run/statistics.h run/engine.h run/links.h run/pool.h run/mode.h \
	run/stop.h run/super.h run/target.h run/outcome.h run/pair.h \
	run/dial.h run/inspect.h run/variable.h run/wanted.h lib/http.h lib/json.h

all: relay

# Moved into place, so that one that runs stays whole.
relay: $(OBJS)
	$(CC) $(ALL_CFLAGS) $(LDHARDENING) $(LDFLAGS) -o $@.new $(OBJS)
	mv $@.new $@

.c.o:
	$(CC) $(ALL_CFLAGS) -c -o $@ $<

$(OBJS): $(HEADERS) .made-for-$(OS)

# Objects of one system are none of another's.
.made-for-linux .made-for-posix:
	rm -f .made-for-* *.o addr/*.o run/*.o lib/*.o
	touch $@

addr/consts.h: lib/consts.awk addr/opt-file.c addr/opt-ip.c \
		addr/opt-sock.c addr/opt-tty.c addr/opt-misc.c
	awk -f lib/consts.awk addr/opt-*.c >$@

clean:
	rm -f relay relay.new relay-static relay-core relay-posix image.tar rootfs.tar \
	    addr/consts.h .made-for-* *.o addr/*.o run/*.o lib/*.o

# The tests need Perl's prove; what else one needs and does not find it
# skips with a reason, unless TEST_NO_SKIP=1 forbids that.
check: relay relay-static
	prove -j2 t/*.t

demo: relay
	RELAY=./relay sh t/demo.sh

# libFuzzer with clang, FUZZ_SECONDS (60) for each target.
fuzz:
	sh t/fuzz/run.sh

bench: relay relay-static relay-posix
	perl t/bench/run.pl

relay-posix: $(SRCS) $(HEADERS)
	dir=`mktemp -d` && cp -R Makefile relay.c relay.h spec.c addr run lib \
	    "$$dir" && (cd "$$dir" && $(MAKE) clean OS=posix relay) && \
	    mv "$$dir/relay" $@ && rm -rf "$$dir"

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

relay-static: $(SRCS) $(HEADERS) deploy/static-pie.sh
	$(STATIC_CC) -std=c11 $(FEATURES_$(OS)) $(WARNINGS) $(STATIC_SMALL) \
	    $(STATIC_CFLAGS) $(STATIC_LDFLAGS) -o $@ $(SRCS)

# The same for one pair of addresses: without supervisor and its sources.
CORE_WITHOUT = run/dial.c run/engine.c run/environ.c run/grand.c \
	run/inspect.c run/stop.c run/super.c run/variable.c run/wanted.c \
	lib/http.c lib/json.c

relay-core: $(SRCS) run/core.c $(HEADERS) deploy/static-pie.sh
	srcs=; for f in $(SRCS); do \
	    case " $(CORE_WITHOUT) " in *" $$f "*) ;; \
	    *) srcs="$$srcs $$f" ;; esac; done; \
	$(STATIC_CC) -std=c11 $(FEATURES_$(OS)) $(WARNINGS) $(STATIC_SMALL) \
	    $(STATIC_CFLAGS) $(STATIC_LDFLAGS) -o $@ run/core.c $$srcs

clean-static:
	rm -f relay-static
