/* AVX-512 F, BW, DQ, VL. Of 32 registers a product needs 12 x 2 for sums, two for lanes, one for a
 * row. */
#define VECTOR_BYTES 64
#define ROWS_PER_TILE 12
#define KERNEL_NAME "avx512"
#define KERNEL_NEEDS "AVX-512 F, BW, DQ, VL"
#define KERNEL_TABLE ddni_kernels_avx512
#include "kernels/kern_body.h"
