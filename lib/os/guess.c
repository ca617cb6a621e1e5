/* lib/os/guess.c: a number where the system has no random one. */

#include <stdint.h>
#include <time.h>
#include <unistd.h>

#include "os.h"

unsigned long long
os_random_guess(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_REALTIME, &ts);
	return ((unsigned long long)ts.tv_nsec * 2654435761u +
	    (unsigned long long)ts.tv_sec) ^ (uintptr_t)&ts ^
	    (unsigned long long)getpid() << 32;
}
