/* inspect.c: documents of engines, as they are and as they should not be */

#include "unit.h"
#include "../../run/docker/inspect.c"

#include <stdio.h>

/* Ports and the chosen address of a document, as one line of text. */
static const char *
told(const char *text, const char *network, const struct container *self)
{
	static char out[512];
	struct container c;
	const char *err;
	size_t i;

	if (container_read(&c, text, strlen(text), &err) == -1)
		return err;
	snprintf(out, sizeof(out), "%s %s %s", c.id,
	    c.running ? "up" : "down", container_host(&c, network, self));
	for (i = 0; i < c.nports; i++)
		snprintf(out + strlen(out), sizeof(out) - strlen(out),
		    " %u%c", c.ports[i].port, c.ports[i].proto);
	container_free(&c);
	return out;
}

#define RUN "{\"Id\":\"a\",\"State\":{\"Running\":true}"
#define NETS(x) RUN ",\"NetworkSettings\":{\"IPAddress\":\"10.0.0.1\"," \
	"\"Networks\":{" x "}}}"
#define NET(name, id, ip) "\"" name "\":{\"NetworkID\":\"" id \
	"\",\"IPAddress\":\"" ip "\"}"

static void
test_state(void)
{
	is(told(RUN "}", NULL, NULL), "a up ", "running");
	is(told("{\"Id\":\"a\",\"State\":{\"Running\":true,\"Paused\":true}}",
	    NULL, NULL), "a down ", "paused");
	is(told("{\"Id\":\"a\",\"State\":{\"Running\":true,"
	    "\"Restarting\":true}}", NULL, NULL), "a down ", "restarting");
	is(told("{\"Id\":\"a\"}", NULL, NULL), "a down ", "no state");
	is(told("{\"Id\":\"a\",\"State\":{\"Running\":\"true\"}}", NULL, NULL),
	    "a down ", "a word is not true");
	is(told("{}", NULL, NULL), "a container without an id", "no id");
	is(told("{\"Id\":7}", NULL, NULL), "a container without an id",
	    "a number as id");
	is(told("[]", NULL, NULL), "a container without an id", "an array");
	is(told("", NULL, NULL), "the text ends in the middle", "nothing");
	is(told("{\"Id\":\"a\"", NULL, NULL), "the text ends in the middle",
	    "half");
	is(told("{\"Id\":\"a\",\"NetworkSettings\":[],\"Config\":null}", NULL,
	    NULL), "a down ", "the wrong kinds");
	is(told("{\"Id\":\"a\",\"NetworkSettings\":{\"Networks\":[{}]},"
	    "\"Config\":{\"ExposedPorts\":[\"1/tcp\"]}}", NULL, NULL),
	    "a down ", "arrays for objects");
}

static void
test_ports(void)
{
	is(told(RUN ",\"Config\":{\"ExposedPorts\":{\"6379/tcp\":{},"
	    "\"53/udp\":{},\"53/tcp\":{},\"80\":{},\"9/sctp\":{}}}}", NULL,
	    NULL), "a up  9s 53t 53u 80t 6379t", "sorted, all protocols");
	is(told(RUN ",\"Config\":{\"ExposedPorts\":{\"80\":{},\"80/tcp\":{},"
	    "\"80\\/tcp\":{}}}}", NULL, NULL), "a up  80t", "each once");
	is(told(RUN ",\"Config\":{\"ExposedPorts\":{\"0/tcp\":1,\"65536/tcp\":"
	    "1,\"-1/tcp\":1,\"/tcp\":1,\"\":1,\"x\":1,\"1x\":1,\"1/\":1,"
	    "\"1/TCP\":1,\" 1/tcp\":1,\"1,fork/tcp\":1,\"99999999999999999999"
	    "\":1,\"65535/udp\":1}}}", NULL, NULL), "a up  65535u",
	    "what is no port");
	is(told(RUN ",\"Config\":{\"ExposedPorts\":null}}", NULL, NULL),
	    "a up ", "null");
}

static void
test_hosts(void)
{
	const char *nets = NETS(NET("bridge", "1", "10.0.0.1") ","
	    NET("front", "2", "10.0.2.1") "," NET("b.ack", "3", "10.0.3.1")
	    "," NET("dead", "4", ""));
	const char *me = NETS(NET("x", "9", "10.0.9.9") ","
	    NET("b.ack", "3", "10.0.3.2") "," NET("dead", "4", ""));
	const char *stranger = NETS(NET("x", "9", "10.0.9.9"));
	struct container self;
	const char *err;

	is(told(nets, NULL, NULL), "a up 10.0.0.1", "the bridge");
	is(told(nets, "front", NULL), "a up 10.0.2.1", "network by name");
	is(told(nets, "b.ack", NULL), "a up 10.0.3.1", "a dot in the name");
	is(told(nets, "2", NULL), "a up 10.0.2.1", "network by id");
	is(told(nets, "dead", NULL), "a up ", "no address in it");
	is(told(nets, "nope", NULL), "a up ", "not attached");
	container_read(&self, me, strlen(me), &err);
	is(told(nets, NULL, &self), "a up 10.0.3.1", "shared with us");
	is(told(nets, "front", &self), "a up 10.0.2.1", "but asked for");
	container_free(&self);
	container_read(&self, stranger, strlen(stranger), &err);
	is(told(nets, NULL, &self), "a up 10.0.0.1", "nothing shared");
	container_free(&self);
	is(told(RUN ",\"NetworkSettings\":{\"Networks\":{"
	    NET("dead", "4", "") "," NET("b", "3", "10.0.3.1") "}}}", NULL,
	    NULL), "a up 10.0.3.1", "no bridge: the first address");
	is(told(RUN ",\"NetworkSettings\":{\"Networks\":{\"six\":{"
	    "\"NetworkID\":\"6\",\"IPAddress\":\"\","
	    "\"GlobalIPv6Address\":\"fd00::2\"}}}}", NULL, NULL),
	    "a up fd00::2", "IPv6 only");
	is(told(RUN ",\"NetworkSettings\":{\"IPAddress\":\"invalid IP\","
	    "\"GlobalIPv6Address\":\"\"}}", NULL, NULL), "a up ",
	    "not an address");
	is(told(RUN ",\"NetworkSettings\":{\"IPAddress\":\"1.2.3.4,fork\"}}",
	    NULL, NULL), "a up ", "more than an address");
	is(told(RUN ",\"NetworkSettings\":{\"IPAddress\":\"fd00::2\"}}", NULL,
	    NULL), "a up ", "an address in the wrong place");
}

static const char *
event(const char *text)
{
	static char out[512];
	struct event e;
	const char *err;

	if (event_read(&e, text, strlen(text), &err) == -1)
		return err;
	snprintf(out, sizeof(out), "%s|%s|%s|%s|%d%s", e.action, e.id, e.name,
	    e.oldname, e.signal, e.network ? "|net" : "");
	return out;
}

static void
test_events(void)
{
	is(event("{\"Type\":\"container\",\"Action\":\"kill\",\"Actor\":{"
	    "\"ID\":\"a\",\"Attributes\":{\"name\":\"n\",\"signal\":\"15\""
	    "}}}"), "kill|a|n||15", "kill");
	is(event("{\"Type\":\"container\",\"Action\":\"rename\",\"Actor\":{"
	    "\"ID\":\"a\",\"Attributes\":{\"name\":\"n\",\"oldName\":\"/o\""
	    "}}}"), "rename|a|n|/o|0", "rename");
	is(event("{\"Type\":\"network\",\"Action\":\"connect\",\"Actor\":{"
	    "\"ID\":\"net\",\"Attributes\":{\"container\":\"a\",\"name\":\"n\""
	    "}}}"), "connect|a|||0|net", "network");
	is(event("{\"status\":\"die\",\"id\":\"a\",\"from\":\"i\"}"),
	    "die|a|||0", "an old engine's");
	is(event("{\"Type\":\"image\",\"Action\":\"pull\",\"Actor\":{}}"),
	    "||||0", "of another type");
	is(event("{\"Type\":\"container\",\"Action\":\"exec_create: sh -c "
	    "'a long command line that does not fit'\",\"Actor\":{\"ID\":\"a\""
	    "}}"), "|a|||0", "too long an action");
	is(event("{\"Type\":\"container\"}"), "||||0", "empty");
	is(event("[]"), "||||0", "an array");
	is(event("{"), "the text ends in the middle", "half");
}

static void
test_message(void)
{
	const char *text = "{\"message\":\"a\\nb\\u001b\"}";
	char buf[20];

	ok(message_read(text, strlen(text), buf, 20) == 0, "a refusal");
	is(buf, "a b ", "without control characters");
	ok(message_read("<html>", 6, buf, 20) == -1, "not JSON");
	ok(message_read("{}", 2, buf, 20) == -1, "no words");
}

int
main(void)
{
	test_state();
	test_ports();
	test_hosts();
	test_events();
	test_message();
	return done();
}
