/* run/docker/source.h: the exposed ports of containers as links. */
#ifndef DOCKER_SOURCE_H
#define DOCKER_SOURCE_H

#include "../link/source.h"
#include "engine.h"

struct docker_source {
	struct engine *engine;
	const struct config *config;	/* the options of its links */
};

/*
 * Makes a source of it, which has to stay.  -1 with words in last_error if
 * the options are what no link could have.
 */
int docker_source(struct link_source *, struct docker_source *);

#endif
