/* fuzz.h: what the fuzz targets share; runs over files without libFuzzer */

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *, size_t);

/* A property that must hold for every input. */
#define must(x) ((x) ? (void)0 : (fprintf(stderr, "%s:%d: not so: %s\n", \
    __FILE__, __LINE__, #x), abort()))

/* Weak: libFuzzer brings a main of its own. */
__attribute__((weak)) int
main(int argc, char *argv[])
{
	static uint8_t buf[1 << 20];
	uint8_t *exact;
	FILE *f;
	size_t n;
	int i;

	for (i = 1; i < argc; i++) {
		if ((f = fopen(argv[i], "rb")) == NULL) {
			perror(argv[i]);
			return 1;
		}
		n = fread(buf, 1, sizeof(buf), f);
		fclose(f);
		/* exactly as large, so that a read beyond it is seen */
		exact = malloc(n ? n : 1);
		memcpy(exact, buf, n);
		LLVMFuzzerTestOneInput(exact, n);
		free(exact);
	}
	return 0;
}
