/* AVX2 + FMA. Of 16 registers a product needs 6 x 2 for sums, two for lanes, one for a row. */
#define VECTOR_BYTES 32
#define ROWS_PER_TILE 6
#define KERNEL_NAME "avx2"
#define KERNEL_NEEDS "AVX2, FMA"
#define KERNEL_TABLE ddni_kernels_avx2
#include "kernels/kern_body.h"
